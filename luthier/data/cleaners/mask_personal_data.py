"""Replaces mail addresses, telephone, card and account numbers by pseudonyms or tags."""

from collections.abc import Mapping
from typing import Any, final

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import RowCleaner, Tally
from luthier.data.personal.finder import Finder, Kind
from luthier.data.personal.masking import Masking, Replacement
from luthier.data.personal.placeholders import BAR, Pseudonyms, Style, tag
from luthier.data.personal.titles import TITLES

_DEFAULT: tuple[Kind, ...] = ("email", "iban", "id_card", "bank_card", "ip_address", "phone")


@final
class MaskPersonalData(RowCleaner):
    """Replaces mail addresses, telephone, card and account numbers by pseudonyms or tags.

    Every number that has a checksum must pass it: IBAN (ISO 7064 mod 97-10), Chinese identity card
    (mod 11-2, with a birthday that was) and bank card (Luhn, within an issuer's range). Telephone
    numbers must be valid by their country's plan; bare digits are one only as a Chinese mobile or
    where the words before say so. Private and local IP addresses stay, and so do versions, dates
    and what is called an order number. Names of persons are not looked for.

    Reports never show the values: this step hides them in the examples of all other steps too.
    The id of a masked row's original, kept as its lineage, is a hash of all it said: who has the
    masked row and that id can try out values, so leave `derived_from` out of what you publish.

    Args:
        kinds: what to look for; `user_url` also finds names of users in URLs.
        regions: countries, as ISO 3166 codes, by whose plans telephone numbers without a country
            code are read.
        style: `pseudonym`: `[EMAIL_qkzvbnre]`, the same for the same value in every row, split and
            run. `tag`: `[EMAIL]`. `remove`: nothing; where tags or answers hang on the text, a tag.
        key: the environment variable that holds a secret for the pseudonyms. Without it they keep
            a model from learning values by heart, but can be undone by trying all values.

    Raises:
        UserError: no kind is named, there is no such region, or the environment variable is not
            set.
    """

    def __init__(
        self,
        *,
        kinds: tuple[Kind, ...] = _DEFAULT,
        regions: tuple[str, ...] = ("CN", "US"),
        style: Style = "pseudonym",
        key: str | None = None,
    ):
        if not kinds:
            raise UserError("mask_personal_data.kinds: names none. Leave it out, or name some.")
        finder, pseudonyms = Finder(kinds, regions), Pseudonyms(key)
        bound: Replacement = pseudonyms if style == "pseudonym" else tag
        free = _nothing if style == "remove" else bound
        self._mask = Masking(finder, free=free, bound=bound, alike=pseudonyms)
        self._hide = Masking(finder, free=_bar, bound=_bar, alike=_bar)
        self._is_public = style == "pseudonym" and key is None

    def repair(self, row: Row, tally: Tally) -> Row | None:
        """The row with its values replaced; None if removing them leaves nothing of a text."""
        if row.get("tests") is not None:
            tally.note("programs left as they are")
        masked, counts = self._mask(row)
        for kind, count in counts.items():
            tally.notes[TITLES[kind]] += count
        if counts and self._is_public:
            tally.note("rows with pseudonyms made without a secret key")
        if masked is not row and _lost_a_text(row.fields, masked.fields):
            tally.drop(row, "nothing but personal data")
            return None
        return masked

    def conceal(self, row: Row) -> Row:
        """The row with a bar in place of every value."""
        return self._hide(row)[0]


def _nothing(_: object) -> str:
    return ""


def _bar(_: object) -> str:
    return BAR


def _lost_a_text(before: Any, after: Any) -> bool:
    """Whether a string that said something says nothing now."""
    if isinstance(before, str):
        return bool(before.strip()) and not after.strip()
    if isinstance(before, Mapping):
        return any(_lost_a_text(value, after[key]) for key, value in before.items())
    if isinstance(before, list | tuple):
        return any(map(_lost_a_text, before, after))
    return False
