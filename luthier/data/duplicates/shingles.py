"""What counts as nearly the same text: the overlap of two texts' runs of five tokens."""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

RUN = 5  # tokens in a shingle
KNOWN_TOKENS = 1 << 17  # whose hashes are held: some 25 MB

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
_UNSPACED_SIGN = re.compile(f"[{_UNSPACED}]")
_ASCII_TOKEN = re.compile(r"\w+", re.ASCII)
_SIGN = re.compile(r"\S")

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIXER = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(33)


def text_of(fields: Mapping[str, Any]) -> str:
    """The words by which a row is compared with others, one field or turn a line.

    Labels, tags, scores and answers are left out, and so are system messages: a text that every
    row opens with says nothing about which rows are alike.
    """
    present = (fields[name] for name in CONTENT if name in fields)
    return "\n".join(part for value in present for part in _parts(value))


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
    if text.isascii():  # the same tokens in half the time
        plain = text.lower()
        return _ASCII_TOKEN.findall(plain) or _SIGN.findall(plain)
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _TOKEN.findall(plain) or _SIGN.findall(plain)


def has_words(text: str) -> bool:
    """Whether at most half of its tokens are characters of scripts without spaces."""
    if text.isascii():
        return True
    return 2 * len(_UNSPACED_SIGN.findall(text)) <= len(tokens(text))


class _Hashes(dict[str, int]):
    """The hash of each token, XXH3 of its UTF-8; frequent tokens are hashed once."""

    def __missing__(self, token: str) -> int:
        if len(self) >= KNOWN_TOKENS:
            self.clear()
        found = self[token] = xxh3_64_intdigest(token.encode("utf-8", "surrogatepass"))
        return found


_hash_of = _Hashes().__getitem__


def token_hashes(texts: Iterable[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hashes of all tokens, text after text, and (N + 1,) where each text's begin and end."""
    hashes, ends = array("Q"), array("q", [0])
    for text in texts:
        hashes.extend(map(_hash_of, tokens(text)))
        ends.append(len(hashes))
    return np.asarray(hashes), np.asarray(ends)


def shingles(text: str) -> NDArray[np.uint64]:
    """The set of hashes of all runs of five tokens, sorted, each once.

    A text of fewer than five tokens is one shingle as a whole; one without tokens has none.
    The hashes depend on nothing but the text: equal on every machine and in every run.
    """
    return shingle_sets(*token_hashes([text]))[0]


def shingle_sets(
    words: NDArray[np.uint64], ends: NDArray[np.int64], seeds: NDArray[np.uint64] | None = None
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The shingles of many texts, set after set, and (N + 1,) where each set begins and ends.

    Args:
        words: (T,) the hashes of all tokens of N texts, text after text.
        ends: (N + 1,) where the tokens of each text begin and end.
        seeds: (N,) what the hashes of each text are combined with (exclusive or), so that texts of
            different seeds share none.
    """
    sizes = np.diff(ends)
    flat = _runs(words, ends, sizes)
    counts = np.where(sizes < RUN, np.minimum(sizes, 1), sizes - RUN + 1)
    if seeds is not None:
        flat ^= np.repeat(seeds, counts)
    bounds = np.append(0, np.cumsum(counts))
    for start, end in pairwise(bounds.tolist()):
        flat[start:end].sort()
    distinct = np.ones(len(flat), np.bool_)
    distinct[1:] = flat[1:] != flat[:-1]
    distinct[bounds[:-1][counts > 0]] = True
    return flat[distinct], np.append(0, np.cumsum(distinct))[bounds]


def _runs(
    words: NDArray[np.uint64], ends: NDArray[np.int64], sizes: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """The hashes of all runs, text after text; a text shorter than a run is one by itself."""
    padded = np.append(words, np.zeros(RUN, np.uint64))
    runs = np.zeros(len(words), np.uint64)
    begins = np.ones(len(words), np.bool_)
    for offset in range(RUN):
        runs = runs * _MULTIPLIER + padded[offset : offset + len(words)]
    for back in range(1, RUN):  # the last words of a text begin no run that is within it
        begins[ends[1:][ends[1:] >= back] - back] = False
    for size in range(1, RUN):
        short = ends[:-1][sizes == size]
        own = np.zeros(len(short), np.uint64)
        for offset in range(size):
            own = own * _MULTIPLIER + words[short + offset]
        runs[short], begins[short] = own, True
    runs = runs[begins]
    runs = (runs ^ (runs >> _HALF)) * _MIXER
    return runs ^ (runs >> _HALF)


def jaccard(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> float:
    """The Jaccard similarity |A ∩ B| / |A ∪ B| of two sorted sets; two empty sets are alike."""
    total = len(first) + len(second)
    if not total:
        return 1.0
    merged = np.concatenate((first, second))
    merged.sort(kind="stable")
    shared = int(np.count_nonzero(merged[1:] == merged[:-1]))
    return shared / (total - shared)
