"""What counts as nearly the same text: the overlap of two texts' runs of five tokens."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

RUN = 5  # tokens in a shingle

CONTENT = (
    "text",
    "text_pair",
    "tokens",
    "messages",
    "prompt",
    "completion",
    "chosen",
    "rejected",
    "question",
    "context",
    "anchor",
    "positive",
    "negative",
)
"""The canonical fields that hold a row's own words, in reading order."""

# Scripts that put no spaces between words, where each character is a token of its own:
# Thai, Lao, Tibetan, Burmese, Khmer, kana, Bopomofo, Hangul, and Han with its extensions.
_UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3105-\u312f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs and accents are no word characters to `re`, though words go on through them.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|(?:[^\W{_UNSPACED}]|[{_MARKS}])+")
_SIGN = re.compile(r"\S")

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIXER = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(33)


def text_of(fields: Mapping[str, Any]) -> str:
    """The words by which a row is compared with others, one field or turn a line.

    Labels, tags, scores and answers are left out, and so are system messages: a text that every
    row opens with says nothing about which rows are alike.
    """
    return "\n".join(part for name in CONTENT for part in _parts(fields.get(name)))


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        if value.get("role") not in ("system", "developer"):
            yield from _parts(value.get("content", value.get("text")))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _parts(item)


def tokens(text: str) -> list[str]:
    """The words of a text, without case, width and punctuation.

    In scripts without spaces every character is a word; in a text without any word every sign is.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _TOKEN.findall(plain) or _SIGN.findall(plain)


def shingles(text: str) -> NDArray[np.uint64]:
    """The set of hashes of all runs of five tokens, sorted, each once.

    A text of fewer than five tokens is one shingle as a whole; one without tokens has none.
    The hashes depend on nothing but the text: equal on every machine and in every run.
    """
    words = [xxh3_64_intdigest(token.encode("utf-8", "surrogatepass")) for token in tokens(text)]
    length = min(RUN, len(words))
    if not length:
        return np.empty(0, np.uint64)
    hashes = np.array(words, np.uint64)
    last = len(words) - length + 1
    runs = np.zeros(last, np.uint64)
    for offset in range(length):
        runs = runs * _MULTIPLIER + hashes[offset : offset + last]
    runs = (runs ^ (runs >> _HALF)) * _MIXER
    return np.unique(runs ^ (runs >> _HALF))


def jaccard(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> float:
    """The Jaccard similarity |A ∩ B| / |A ∪ B| of two sorted sets; two empty sets are alike."""
    total = len(first) + len(second)
    if not total:
        return 1.0
    merged = np.concatenate((first, second))
    merged.sort(kind="stable")
    shared = int(np.count_nonzero(merged[1:] == merged[:-1]))
    return shared / (total - shared)
