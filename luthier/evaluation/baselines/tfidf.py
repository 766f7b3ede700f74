"""Logistic regression on the TF-IDF weights of words and word pairs."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, final

import numpy as np
import rjieba
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from luthier.evaluation.baseline import Baseline, Classifier
from luthier.evaluation.logistic import fit_logistic
from luthier.scoring.metric import Floats, Integers

_HASH_COLUMNS = 1 << 20
_MAX_FEATURES = 100_000
_MAX_WEIGHTS = 2_000_000
_MAX_TEXT = 100_000
_MAX_CHARACTERS = 50_000_000

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Kana, Thai, Lao, Burmese and Khmer are written without spaces as well.
_SPACELESS = "\u3040-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_WORD = re.compile(r"\w+")
_PIECE = re.compile(rf"[{_HAN}]+|[{_SPACELESS}]|[^\W{_HAN}{_SPACELESS}]+")
_FIRST_HAN = re.compile(rf"[{_HAN}]")


@final
class Tfidf(Baseline):
    """Sublinear TF-IDF of words and word pairs, L2-normalised, then logistic regression, C = 10.

    Memory is bounded: words are hashed into 2^20 columns, of which the most frequent stay (2
    million weights over all classes, 100,000 columns at most); of each text the first 100,000
    characters count; of train rows with more than 50 million characters a random half is taken,
    again and again, until they have fewer.
    """

    title: ClassVar[str] = "TF-IDF"

    def fit(self, texts: Iterable[str], labels: Integers, num_labels: int) -> Classifier:
        """Learn the columns, their weights and the regression from the train rows."""
        rows, kept = _thinned(texts, len(labels))
        counts = _count(kept)
        columns = _most_frequent(counts, min(_MAX_FEATURES, max(1000, _MAX_WEIGHTS // num_labels)))
        weigh = TfidfTransformer(sublinear_tf=True)
        regression = fit_logistic(weigh.fit_transform(counts[:, columns]), labels[rows], num_labels)

        def classify(texts: Sequence[str]) -> Floats:
            return regression(weigh.transform(_count(texts)[:, columns]))

        return classify


def words(text: str) -> list[str]:
    """The words of a text in any script.

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


def _count(texts: Iterable[str]) -> Any:
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


def _most_frequent(counts: Any, most: int) -> NDArray[np.intp]:
    frequency = np.bincount(counts.indices, minlength=_HASH_COLUMNS)
    # One column stays even if no text has a word, since a regression needs something to look at.
    seen = max(1, int(np.count_nonzero(frequency)))
    return np.sort(np.argsort(-frequency, kind="stable")[: min(most, seen)])


def _thinned(texts: Iterable[str], num_rows: int) -> tuple[NDArray[np.intp], list[str]]:
    """Read a stream of texts, keeping a random share whose characters fit into memory."""
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
    return np.array([row for row, _ in kept]), [text for _, text in kept]
