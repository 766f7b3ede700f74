"""How many of a text's characters are symbols, and how many are digits."""

import re

_SYMBOLS = re.compile(
    "[#$%&*+/<=>@\\\\^_`{|}~\u00a2-\u00a9\u00ac-\u00b1\u00b4-\u00b8\u00d7\u00f7\u2020-\u2023"
    "\u2030-\u2038\u203b-\u2bff\ue000-\uf8ff\ufffc\ufffd\U0001f000-\U0001faff]+"
)
_DIGITS = re.compile(r"\d+")


def count_symbols(text: str) -> int:
    """Characters that are neither letters nor digits nor punctuation nor white space."""
    return sum(map(len, _SYMBOLS.findall(text)))


def count_digits(text: str) -> int:
    """Decimal digits of any script."""
    return sum(map(len, _DIGITS.findall(text)))
