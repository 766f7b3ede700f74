"""Mends punctuation: Chinese marks in Chinese, English ones in English, none twice or astray."""

import re
from functools import partial
from typing import Annotated, final

from pydantic import Field

from luthier.core.records import Row
from luthier.data.cleaner import RowCleaner, Tally
from luthier.data.text.fields import TEXT_FIELDS, Rewriter, TextField
from luthier.data.text.scripts import HAN, HANGUL, KANA
from luthier.data.text.shielded import FENCED, SHIELDED, shielded

_HAN = re.compile(f"[{HAN}]")
_OTHER = re.compile(f"[{KANA}{HANGUL}]")
_LETTER = re.compile("[A-Za-z]")
_FRENCH = re.compile("[«»À-ÿœŒ]")  # its typography has a space before the tall marks

_TO_CHINESE = str.maketrans(",;:?!", "，；：？！")
_TO_ENGLISH = str.maketrans("，。；：？！（）", ",.;:?!()")

# A mark is looked for first, and what stands before it second: that is several times as fast.
_CLOSED = f"[{HAN}”』」》）]"
_WORD_END = r"[\w)\]\"'”’]"
_FACE = r"[ \t]*[-)(DPpdboO3/\\|*']"  # `:)` and `;-)` are no marks
_HALF_MARK = re.compile(
    rf"(?:[,?!](?<={_CLOSED}[,?!])|[:;](?<={_CLOSED}[:;])(?!{_FACE}))[ \t]*(?=[^\s?!,:;.]|$)"
    rf"|[,;?!](?<=[A-Za-z0-9%)][,;?!])(?=[{HAN}“「《])"
)
_HALF_TALL = re.compile(rf"[?!](?<={_CLOSED}[?!])[?!]*")
_HALF_STOP = re.compile(rf"\.(?<={_CLOSED}\.)(?=$|[ \t{HAN}”』」》）])")
_HALF_DOTS = re.compile(rf"\.(?<={_CLOSED}\.)\.{{2,}}")
_HALF_BRACKETS = re.compile(r"\((?<![A-Za-z0-9_()]\()([^()]{1,200})\)")
_SPACE_BEFORE = re.compile(
    rf" (?:(?<=\S ) *(?=[，。！？；：、）》」』])|(?<={_CLOSED} ) *(?=[,;?!]))"
)
_SPACE_AFTER = re.compile(r"([，；、（《「『]) +(?=\S)")

_FULL_MARK = re.compile(rf"[，。；：？！](?<={_WORD_END}[，。；：？！])(?=([A-Za-z(])?)")
_FULL_BRACKETS = re.compile("（([^（）]{1,200})）")
_ASTRAY = re.compile(rf"[ \t](?<={_WORD_END}[ \t])[ \t]*(?:([,.])(?=\s|$)|(,)(?=[A-Za-z]))")
_ASTRAY_TALL = re.compile(rf"[ \t](?<={_WORD_END}[ \t])[ \t]*([!?;]+)(?=\s|$)")

_TWICE = re.compile(r"([，、；：])\1+|,(?<=\w,),+(?=\s|$)")
_STOPS = re.compile("。{2,}")
_DOTS = re.compile(r"\.{4,}")
_ELLIPSES = re.compile("…{3,}")
_ASCII_SIGNS = (" ,", " .", " !", " ?", " ;", "\t,", "\t.", "\t!", "\t?", "\t;", ",,", "....")


@final
class FixPunctuation(RowCleaner):
    """Mends punctuation: Chinese marks in Chinese, English ones in English, none twice or astray.

    Each line is taken for itself. In a line with Chinese characters the half-width marks, brackets
    and straight quotes that follow or enclose them become full-width, and spaces beside full-width
    marks go. In a line of Latin letters alone full-width marks become half-width, and spaces before
    a mark go; French keeps its own. In lines with kana or Hangul, and everywhere else, only
    repetitions are mended: doubled commas, more than three dots, too many exclamation marks. Code,
    addresses, paths, numbers and faces such as `:)` stay, and so do tagged words.

    Args:
        max_repeats: how many exclamation or question marks may stand in a row.
        fields: only these; else every text of a row.
    """

    def __init__(
        self,
        *,
        max_repeats: Annotated[int, Field(ge=1)] = 3,
        fields: tuple[TextField, ...] = TEXT_FIELDS,
    ):
        signs = "!?！？"
        self._too_many = re.compile("|".join(f"[{sign}]{{{max_repeats + 1},}}" for sign in signs))
        self._max_repeats = max_repeats
        self._ascii_signs = (*_ASCII_SIGNS, *(sign * (max_repeats + 1) for sign in "!?"))
        self._rewrite = Rewriter(self._fixed, fields=fields)

    def repair(self, row: Row, tally: Tally) -> Row | None:
        """The row with its marks mended."""
        return self._rewrite(row, tally)

    def _fixed(self, text: str) -> str:
        if text.isascii() and not any(sign in text for sign in self._ascii_signs):
            return text
        return shielded(text, self._lines, FENCED) if "```" in text else self._lines(text)

    def _lines(self, text: str) -> str:
        return "\n".join([self._line(line) for line in text.split("\n")])

    def _line(self, line: str) -> str:
        if line.isascii() and not any(sign in line for sign in self._ascii_signs):
            return line
        return shielded(line, self._prose, SHIELDED)

    def _prose(self, line: str) -> str:
        """The line after as many passes as change something; letters stay, so they come to rest."""
        change = _as_they_are
        if not line.isascii() and _OTHER.search(line):
            pass
        elif not line.isascii() and _HAN.search(line):
            change = _chinese
        elif _LETTER.search(line):
            change = partial(_latin, is_french=_FRENCH.search(line) is not None)
        while (changed := self._without_repeats(change(line))) != line:
            line = changed
        return line

    def _without_repeats(self, line: str) -> str:
        line = self._too_many.sub(lambda run: run.group()[: self._max_repeats], line)
        line = _TWICE.sub(lambda run: run.group()[0], line)
        line = _STOPS.sub(lambda run: "。" if len(run.group()) == 2 else "……", line)
        return _ELLIPSES.sub("……", _DOTS.sub("...", line))


def _as_they_are(line: str) -> str:
    return line


def _chinese(line: str) -> str:
    line = _HALF_DOTS.sub("……", line)
    line = _HALF_TALL.sub(lambda run: run.group().translate(_TO_CHINESE), line)
    line = _HALF_MARK.sub(lambda mark: mark.group().rstrip().translate(_TO_CHINESE), line)
    line = _HALF_STOP.sub("。", line)
    if "(" in line:
        line = _HALF_BRACKETS.sub(_full_brackets, line)
    if '"' in line:
        line = _curled(line)
    return _SPACE_AFTER.sub(r"\1", _SPACE_BEFORE.sub("", line)) if " " in line else line


def _full_brackets(pair: re.Match[str]) -> str:
    return f"（{pair[1]}）" if _HAN.search(pair[1]) else pair[0]


def _curled(line: str) -> str:
    """Straight quotes around Chinese as “ and ”; nothing, if one of them has no partner."""
    parts = line.split('"')
    if len(parts) % 2 == 0:
        return line
    for number in range(1, len(parts), 2):
        quoted = parts[number]
        is_chinese = _HAN.search(quoted) and quoted == quoted.strip()
        parts[number] = f"“{quoted}”" if is_chinese else f'"{quoted}"'
    return "".join(parts)


def _latin(line: str, is_french: bool) -> str:
    if not line.isascii():
        line = _SPACE_BEFORE.sub("", line)
        line = _FULL_MARK.sub(_half, line)
        line = _FULL_BRACKETS.sub(r"(\1)", line)
    line = _ASTRAY.sub(lambda mark: mark[1] or ", ", line)
    return line if is_french else _ASTRAY_TALL.sub(r"\1", line)


def _half(mark: re.Match[str]) -> str:
    return mark[0].translate(_TO_ENGLISH) + (" " if mark[1] else "")
