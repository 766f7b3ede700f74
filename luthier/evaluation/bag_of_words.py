"""Texts as the words and word pairs they hold, counted in columns of a sparse matrix."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import rjieba
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

_HASH_COLUMNS = 1 << 20
_MAX_TEXT = 100_000
_MAX_CHARACTERS = 50_000_000

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Kana, Thai, Lao, Burmese and Khmer are written without spaces as well.
_SPACELESS = "\u3040-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_WORD = re.compile(r"\w+")
_PIECE = re.compile(rf"[{_HAN}]+|[{_SPACELESS}]|[^\W{_HAN}{_SPACELESS}]+")
_FIRST_HAN = re.compile(rf"[{_HAN}]")


def words(text: str) -> list[str]:
    """The words of a text in any script; of its first 100,000 characters.

    Runs of Chinese characters are cut by jieba's dictionary; other scripts without spaces fall
    into single characters, which the word pairs join again.
    """
    text = text[:_MAX_TEXT].lower()
    if text.isascii():
        return _WORD.findall(text)
    found: list[str] = []
    for piece in _PIECE.findall(text):
        if _FIRST_HAN.match(piece):
            found.extend(rjieba.cut(piece))
        else:
            found.append(piece)
    return found


def word_counts(texts: Iterable[str]) -> Any:
    """How often each word and each pair of neighbours stands in each text: sparse, (N, 2^20).

    Words are hashed into the columns, so that memory does not grow with the vocabulary.
    """
    vectorizer = HashingVectorizer(
        n_features=_HASH_COLUMNS,
        alternate_sign=False,
        norm=None,
        ngram_range=(1, 2),
        tokenizer=words,
        token_pattern=None,
        lowercase=False,
    )
    return vectorizer.transform(texts)


def most_frequent(counts: Any, most: int) -> NDArray[np.intp]:
    """The columns that stand in the most texts, `most` of them at most."""
    frequency = np.bincount(counts.indices, minlength=_HASH_COLUMNS)
    # One column stays even if no text has a word, since a regression needs something to look at.
    seen = max(1, int(np.count_nonzero(frequency)))
    return np.sort(np.argsort(-frequency, kind="stable")[: min(most, seen)])


def thinned(texts: Iterable[str], num_rows: int) -> tuple[NDArray[np.intp], list[str]]:
    """Read a stream of texts, keeping a random share of at most 50 million characters.

    Returns:
        the numbers of the rows that are kept, rising, and their texts.
    """
    lots = np.random.Generator(np.random.PCG64(0)).random(num_rows)
    limit, characters = 1.0, 0
    kept: list[tuple[int, str]] = []
    for row, text in enumerate(texts):
        if lots[row] >= limit:
            continue
        kept.append((row, text[:_MAX_TEXT]))
        characters += len(kept[-1][1])
        while characters > _MAX_CHARACTERS:
            limit /= 2
            kept = [(row, text) for row, text in kept if lots[row] < limit]
            characters = sum(len(text) for _, text in kept)
    return np.array([row for row, _ in kept], np.intp), [text for _, text in kept]
