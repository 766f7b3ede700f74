"""Turns raw mails and HTML pages into the text a person reads in them."""

from typing import final

from luthier.core.records import Row
from luthier.data.cleaner import RowCleaner, Tally
from luthier.data.text.mail import read_mail
from luthier.data.text.markup import is_html, text_of_html
from luthier.data.text.mime import is_mail

_FIELDS = ("text", "text_pair", "anchor", "positive", "negative")


@final
class ExtractText(RowCleaner):
    """Turns raw mails and HTML pages into the text a person reads in them.

    A text that opens with the header of a mail becomes the headers asked for and the readable body;
    one that is marked up as HTML becomes its text, a line for each block. White space is
    normalised in both; all other text stays as it is. Prompts, completions and messages are never
    touched, for HTML may be what they are about. A row in which no text is left is dropped.

    Args:
        headers: the header fields of a mail that stay, in this order.
    """

    def __init__(self, *, headers: tuple[str, ...] = ("Subject",)):
        self._headers = headers

    def repair(self, row: Row, tally: Tally) -> Row | None:
        """The row with its texts extracted; None if one of them is empty."""
        changes = {
            name: self._extract(text, tally)
            for name in _FIELDS
            if isinstance(text := row.get(name), str)
        }
        if not all(text.strip() for text in changes.values()):
            tally.drop(row, "no text")
            return None
        return row.derive(**changes)

    def _extract(self, text: str, tally: Tally) -> str:
        if is_mail(text):
            tally.note("mails")
            letter = read_mail(text, self._headers)
            tally.notes.update(letter.notes)
            return letter.text
        if is_html(text):
            tally.note("HTML pages")
            return text_of_html(text)
        return text
