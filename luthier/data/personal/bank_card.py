"""Bank cards: 13 to 19 digits that pass the Luhn check and begin as an issuer's do."""

import re
from collections.abc import Iterator

from luthier.data.personal.checksums import passes_luhn
from luthier.data.personal.match import Match, is_named_otherwise

_CANDIDATE = re.compile(
    r"[0-9](?<![0-9A-Za-z.,/_-][0-9])(?<![A-Z]{2}\d\d [0-9])(?:[0-9]{12,18}"
    r"|[0-9]{3}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{1,7}(?:\1[0-9]{1,3})?"
    r"|[0-9]{3}([ -])[0-9]{6}\2[0-9]{4,5}|[0-9]{5}[ -][0-9]{7,13})(?![0-9A-Za-z_]|[.,-]\d)"
)
# Issuers by ISO/IEC 7812 number ranges, each with the lengths they give out.
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:30[0-5]|309|36|3[89])\d{11,16}"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}(?:\d{3})?"  # Discover
    r"|(?:62|81)\d{14,17}"  # UnionPay
    r"|(?:9558|9111|9559|9400)\d{12,15}"  # older cards of Chinese banks
    r"|(?:50\d\d|5[6-8]\d\d|6[37]\d\d)\d{12}(?:\d{3})?"  # Maestro
    r"|220[0-4]\d{12,15}"  # Mir
    r"|(?:508|60[0-9]|65[23])\d{13}"  # RuPay, Elo
)


def find(text: str) -> Iterator[Match]:
    """All numbers that can be a card's, unless the words before say that they are none."""
    for candidate in _CANDIDATE.finditer(text):
        digits = candidate[0].replace(" ", "").replace("-", "")
        if (
            _ISSUERS.fullmatch(digits)
            and len(set(digits)) > 1
            and passes_luhn(digits)
            and not is_named_otherwise(text, candidate.start())
        ):
            yield Match(*candidate.span(), digits)
