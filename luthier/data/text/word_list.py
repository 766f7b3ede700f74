"""Listed words in a text: whole words only, so that a harmless longer word is never one of them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from operator import add
from typing import final

import rjieba

from luthier.data.text.readable import readable
from luthier.data.text.scripts import HAN, HANGUL, KANA

_UNSPACED = f"{HAN}{KANA}{HANGUL}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_IN_WORD = f"[^\\W{_UNSPACED}]"
_WORD = re.compile(f"{_IN_WORD}+")
_APART = {code: " " for code in range(128) if not re.match(r"\w", chr(code))}
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_HAN = re.compile(f"[{HAN}]")
_REACH = 12  # characters on either side that a cut into Chinese words is made with


@final
class WordList:
    """Finds listed words and phrases, without regard to case, width and white space.

    Where words are spaced, an entry is found between word boundaries: `ass` is not in `class`. In
    Chinese it is found where jieba's cut has a boundary before and behind it: 日本 is in 去日本了,
    and not in 今日本店. In other scripts without spaces every occurrence counts.
    """

    def __init__(self, words: Iterable[str]):
        self._plain: set[str] = set()
        self._signs: list[str] = []
        phrases: dict[str, list[str]] = defaultdict(list)
        unspaced: dict[str, list[str]] = defaultdict(list)
        for word in sorted({_folded(word) for word in words}):
            tokens = _WORD.findall(word)
            if _HAS_UNSPACED.search(word):
                unspaced[word[:2]].append(word)
            elif not tokens:
                self._signs.append(word)
            elif tokens == [word]:
                self._plain.add(word)
            else:
                phrases[max(tokens, key=len)].append(word)
        self._phrases, self._unspaced = dict(phrases), dict(unspaced)

    def find(self, text: str) -> str | None:
        """A listed word that is in the text, the same one every time; None if there is none."""
        text = _folded(readable(text))
        tokens = set(text.translate(_APART).split() if text.isascii() else _WORD.findall(text))
        if not self._plain.isdisjoint(tokens):
            return min(self._plain & tokens)
        for token in sorted(tokens & self._phrases.keys()):
            for phrase in self._phrases[token]:
                if phrase in text and _is_bounded(phrase, text):
                    return phrase
        return next((sign for sign in self._signs if sign in text), self._find_unspaced(text))

    def _find_unspaced(self, text: str) -> str | None:
        if not self._unspaced or text.isascii():
            return None
        beginnings = {*text, *map(add, text, text[1:])}
        for beginning in sorted(beginnings & self._unspaced.keys()):
            for word in self._unspaced[beginning]:
                start = text.find(word)
                while start >= 0:
                    if _stands_alone(text, start, start + len(word)):
                        return word
                    start = text.find(word, start + 1)
        return None


def _folded(text: str) -> str:
    plain = text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return " ".join(plain.split())


def _is_bounded(phrase: str, text: str) -> bool:
    pattern = f"(?<!{_IN_WORD}){re.escape(phrase)}(?!{_IN_WORD})"
    return re.search(pattern, text) is not None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether jieba's cut of the surroundings has a boundary at both ends of a place."""
    if not _HAN.search(text, start, end):
        return True
    left = max(0, start - _REACH)
    places, place = {left}, left
    for word in rjieba.cut(text[left : end + _REACH], False):
        place += len(word)
        places.add(place)
    return start in places and end in places
