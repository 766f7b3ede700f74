"""Where sentences and clauses end, in scripts with and without spaces."""

import re
from collections.abc import Iterator

_CLOSING = "\"'”’»)\\]』」》）】"
_WIDE_END = "。！？；…"
_WIDE_COMMA = "，、：；"
# A dot behind these, or behind a single letter, seldom ends a sentence.
_SHORT = ("al", "cf", "dr", "e.g", "eq", "fig", "i.e", "mr", "mrs", "ms", "prof", "st", "vs")

_SENTENCE_END = re.compile(rf"[{_WIDE_END}]+[{_CLOSING}]*|[.!?…]+[{_CLOSING}]*(?=\s|$)|\n+")
_CLAUSE_END = re.compile(
    rf"[{_WIDE_END}{_WIDE_COMMA}]+[{_CLOSING}]*|[.!?…,;:]+[{_CLOSING}]*(?=\s|$)|\n+"
)
_LAST_WORD = re.compile(r"[\w.]*$")


def sentences(text: str) -> list[str]:
    """The sentences of a text, with their full stops, without the space around them."""
    return list(_pieces(text, _SENTENCE_END))


def clauses(text: str) -> list[str]:
    """The parts of its sentences between commas, semicolons and colons."""
    return list(_pieces(text, _CLAUSE_END))


def _pieces(text: str, end: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for found in end.finditer(text):
        if found[0] == "." and _is_short(text[max(start, found.start() - 8) : found.start()]):
            continue
        if piece := text[start : found.end()].strip():
            yield piece
        start = found.end()
    if piece := text[start:].strip():
        yield piece


def _is_short(before: str) -> bool:
    word = _LAST_WORD.search(before)
    last = word[0].lower() if word else ""
    return last in _SHORT or (len(last) == 1 and last.isalpha())
