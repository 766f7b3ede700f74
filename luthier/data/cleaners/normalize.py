"""Brings text to one Unicode form, one width and one kind of white space."""

import re
import unicodedata
from typing import Literal, final

from luthier.core.extras import extra
from luthier.core.records import Row
from luthier.data.cleaner import RowCleaner, Tally
from luthier.data.text.fields import TEXT_FIELDS, Rewriter, TextField
from luthier.data.text.scripts import HAN, has_han, has_kana
from luthier.data.text.shielded import FENCED, shielded

# Not seen, and no part of a word: controls, soft hyphens, direction marks, joiners of nothing, and
# the tags that hide text; the tags of a flag and the joiners of emoji and Indic words stay.
_UNSEEN_SIGNS = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb"
)
_BREAKS = "\r\x0b\x0c\x85\u2028\u2029"
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_TAG_SIGNS = "\U000e0000-\U000e007f"
_ODD = re.compile(f"[{_UNSEEN_SIGNS}{_BREAKS}{_SPACES}{_TAG_SIGNS}]")
_UNSEEN = re.compile(f"[{_UNSEEN_SIGNS}]|(?<![\U0001f3f4{_TAG_SIGNS}])[{_TAG_SIGNS}]+")
_BREAK = re.compile(f"\r\n|[{_BREAKS}]")
_SPACE = re.compile(f"[{_SPACES}]")
_JOINED = f"[^\x00-\x7f\\s\u200c\u200d{HAN}]"
_JOINER = re.compile(f"(?<!{_JOINED})[\u200c\u200d]|[\u200c\u200d](?!{_JOINED})")
_LETTERS = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B))}
_LETTERS |= {code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)}
_LETTERS |= {ord(sign): ord(sign) - 0xFEE0 for sign in "＃＄％＆＊＋－／＜＝＞＠＼＾＿｀｜"}
_FULL = re.compile("[０-９Ａ-Ｚａ-ｚ＃＄％＆＊＋－／＜＝＞＠＼＾＿｀｜]+")
_HALF = re.compile("[\uff65-\uffdc]+")

_BLANK_LINES = re.compile(r"\n{3,}")


@final
class Normalize(RowCleaner):
    """Brings text to one Unicode form, one width and one kind of white space.

    Control and zero-width characters go, except those that join emoji and letters of Indic and
    Persian words. Line ends become newlines; other spaces become the common one. Code between
    fences keeps its white space, lines keep their indentation. In tagged rows each word is
    normalised by itself.

    Args:
        form: Unicode normalisation form (UAX #15). NFC changes nothing that is seen; NFKC also
            turns ①, ﬁ, ² and full-width punctuation into plain characters, which Chinese
            text should not lose.
        width: `letters`: full-width letters, digits and signs become half-width, half-width kana
            and Hangul full-width; the punctuation of Chinese stays. `keep`: all stay.
        white_space: `trim`: no spaces at ends of lines and texts, no two blank lines. `collapse`:
            also no two spaces, and no tab, between words.
        simplified: Chinese from traditional to simplified characters, by OpenCC; texts with kana
            are Japanese and stay.
        fields: only these; else every text of a row.
    """

    def __init__(
        self,
        *,
        form: Literal["NFC", "NFKC", "keep"] = "NFC",
        width: Literal["letters", "keep"] = "letters",
        white_space: Literal["collapse", "trim", "keep"] = "collapse",
        simplified: bool = False,
        fields: tuple[TextField, ...] = TEXT_FIELDS,
    ):
        self._form = form
        self._width = width
        self._white_space = white_space
        self._simplify = _Simplifier() if simplified else None
        self._rewrite = Rewriter(self._normal, fields=fields, by_word=True)

    def repair(self, row: Row, tally: Tally) -> Row | None:
        """The row with every text normalised; None if nothing is left of one."""
        return self._rewrite(row, tally)

    def _normal(self, text: str) -> str:
        if _ODD.search(text):
            text = _UNSEEN.sub("", _SPACE.sub(" ", _BREAK.sub("\n", text)))
        if not text.isascii():
            text = self._characters(text)
        if self._white_space == "keep":
            return text
        return shielded(text, self._tidy, FENCED) if "```" in text else self._tidy(text)

    def _characters(self, text: str) -> str:
        if self._width == "letters":
            text = _FULL.sub(lambda run: run.group().translate(_LETTERS), text)
            text = _HALF.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text)
        text = self._composed(text)
        if self._simplify is not None and has_han(text) and not has_kana(text):
            text = self._composed(self._simplify(text))
        if "\u200c" in text or "\u200d" in text:
            text = self._composed(_JOINER.sub("", text))
        return text

    def _composed(self, text: str) -> str:
        return text if self._form == "keep" else unicodedata.normalize(self._form, text)

    def _tidy(self, text: str) -> str:
        lines = text.rstrip().split("\n")
        if " \n" in text or "\t\n" in text:
            lines = [line.rstrip() for line in lines]
        if self._white_space == "collapse" and ("  " in text or "\t" in text):
            lines = [_collapsed(line) for line in lines]
        text = "\n".join(lines)
        if "\n\n\n" in text:
            text = _BLANK_LINES.sub("\n\n", text)
        text = text.lstrip("\n")
        # The indentation of a first line means something only beside that of others.
        return text if "\n" in text else text.strip()


def _collapsed(line: str) -> str:
    words = line.lstrip()
    if "  " in words or "\t" in words:
        return line[: len(line) - len(words)] + " ".join(words.split())
    return line


class _Simplifier:
    """OpenCC from traditional to simplified; what UTF-8 cannot hold goes around it."""

    def __init__(self) -> None:
        with extra("clean", "normalize with `simplified`"):
            from opencc import OpenCC

            self._convert = OpenCC("t2s").convert

    def __call__(self, text: str) -> str:
        pieces = re.split("([\ud800-\udfff\x00]+)", text)
        pieces[::2] = map(self._convert, pieces[::2])
        return "".join(pieces)
