"""All personal data of a text: cheap scans first, then each kind, none inside another."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, final, get_args

from luthier.data.personal import bank_card, email, iban, id_card, ip_address, user_url
from luthier.data.personal.match import Find
from luthier.data.personal.phone import Phone, blanked

Kind = Literal["user_url", "email", "iban", "id_card", "bank_card", "ip_address", "phone"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order they are looked for: what an earlier kind has found a later one does not see."""

_DIGITS = re.compile("[0-9０-９](?:[^\\w\n]{0,3}[0-9０-９]){6}")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ＠．：－＋（）\u2010-\u2015\u2212\xa0\u3000]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NARROW |= dict.fromkeys([*range(0x2010, 0x2016), 0x2212], ord("-"))
_NARROW |= dict.fromkeys([0xA0, 0x3000], ord(" "))


class Found(NamedTuple):
    """A value of a kind: where it stands in the text, and the form that all ways to write share."""

    start: int
    end: int
    kind: Kind
    value: str


def has_number(text: str) -> bool:
    """Whether there are seven digits near to each other, as every number of a person has."""
    return _DIGITS.search(text) is not None


HINTS: Mapping[Kind, Callable[[str], bool]] = {
    "user_url": user_url.hint,
    "email": email.hint,
    "ip_address": ip_address.hint,
}
_FINDS: Mapping[Kind, Find] = {
    "user_url": user_url.find,
    "email": email.find,
    "iban": iban.find,
    "id_card": id_card.find,
    "bank_card": bank_card.find,
    "ip_address": ip_address.find,
}


@final
class Finder:
    """Finds the values of some kinds.

    Full-width signs and typographic hyphens are read as their plain forms.

    Args:
        kinds: what to look for.
        regions: countries by whose plans telephone numbers without a plus are read.
    """

    def __init__(self, kinds: Sequence[Kind], regions: Sequence[str]):
        finds = dict(_FINDS) | ({"phone": Phone(regions)} if "phone" in kinds else {})
        self._finds = [(kind, HINTS.get(kind), finds[kind]) for kind in KINDS if kind in kinds]

    def find(self, text: str) -> list[Found]:
        """All values, from left to right."""
        finds = list(self._worthwhile(text))
        if not finds:
            return []
        plain = text if text.isascii() or not _WIDE.search(text) else text.translate(_NARROW)
        found: list[Found] = []
        for kind, find in finds:
            matches = list(find(plain))
            found += [Found(start, end, kind, value) for start, end, value in matches]
            plain = blanked(plain, matches)
        return sorted(found)

    def _worthwhile(self, text: str) -> Iterator[tuple[Kind, Find]]:
        numbers: bool | None = None
        for kind, hint, find in self._finds:
            if hint is None and numbers is None:
                numbers = has_number(text)
            if numbers if hint is None else hint(text):
                yield kind, find
