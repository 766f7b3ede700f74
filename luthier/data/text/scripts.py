"""Which script a text is in, as far as cleaning must know it, and what its words are."""

import re

import rjieba

from luthier.data.text.readable import readable

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, as the inside of a character class."""
KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
"""Japanese syllables, of full and half width."""
HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3\uffa0-\uffdc"
"""Korean syllables and letters."""

_HAN = re.compile(f"[{HAN}]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_KANA = re.compile(f"[{KANA}]")
_WORD = re.compile(r"\w")


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return not text.isascii() and _HAN.search(text) is not None


def has_kana(text: str) -> bool:
    """Whether there is a Japanese syllable in it, so that its Han characters are no Chinese."""
    return not text.isascii() and _KANA.search(text) is not None


def han_share(text: str) -> float:
    """The share of Han characters among all that are no white space."""
    if text.isascii():
        return 0.0
    han = sum(map(len, _HAN_RUN.findall(text)))
    return han / max(1, len("".join(text.split())))


def words_of(text: str) -> list[str]:
    """Its words: between white space, and where there is Han, as jieba cuts it; no bare marks."""
    if not has_han(text):
        return text.split()
    return [word for word in rjieba.cut(readable(text)) if _WORD.search(word)]
