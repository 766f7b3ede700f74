"""Bank accounts by their international number (IBAN), with or without spaces."""

import re
from collections.abc import Iterator

from luthier.data.personal.checksums import is_iban
from luthier.data.personal.match import Match

_AFTER_COUNTRY = re.compile(
    r"[0-9](?<=[A-Za-z]{2}[0-9])(?<![A-Za-z0-9][A-Za-z]{2}[0-9])[0-9](?:[ -]?[A-Za-z0-9]){11,30}"
)
_SHORTEST = 15


def find(text: str) -> Iterator[Match]:
    """All numbers of which length, structure and check digits are right."""
    for candidate in _AFTER_COUNTRY.finditer(text):
        start, end = candidate.start() - 2, candidate.end()
        while end > start:
            number = text[start:end].replace(" ", "").replace("-", "").upper()
            if len(number) < _SHORTEST:
                break
            if not text[end : end + 1].isalnum() and is_iban(number):
                yield Match(start, end, number)
                break
            end = _word_end(text, end)


def _word_end(text: str, end: int) -> int:
    """Where the word before the last one ends: the words that follow a number may look like it."""
    return max(text.rfind(" ", 0, end), text.rfind("-", 0, end))
