"""Texts as reports and messages show them: clipped, and fit for UTF-8."""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 300


def readable(text: str) -> str:
    """The text with U+FFFD for what was not UTF-8 in it."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def clip(text: str, start: int = 0, width: int = _SHOWN) -> str:
    """A readable window on a text, with dots where it goes on."""
    before, after = "…" if start else "", "…" if start + width < len(text) else ""
    return f"{before}{readable(text[start : start + width])}{after}"


def listed(names: list[str], shown: int = 5) -> str:
    """Names in a sentence: `spam`, `ham` and 3 more."""
    told = ", ".join(f"`{clip(name, width=60)}`" for name in names[:shown])
    return told if len(names) <= shown else f"{told} and {len(names) - shown} more"


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 row, 1,204 rows."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
