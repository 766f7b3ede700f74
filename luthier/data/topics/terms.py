"""The words by which texts are told apart, in any script, and what a group of texts is called."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from luthier.data.text.scripts import words_of

_READ = 1000  # characters of each text
# What mask_personal_data puts in the place of values is no word.
_MASKED = re.compile(r"\[[A-Z]+(?:_[A-Z]+)*(?:_[a-z]+)?\]")
_TERM = re.compile(r"[^\W\d_]{2,}")
_FEATURES = 20_000
_NAME = 3  # terms in a name


def terms_of(text: str) -> list[str]:
    """Its words of two letters or more, in lower case, Chinese cut by jieba, without stop words."""
    words = words_of(_MASKED.sub(" ", text[:_READ]).lower())
    found = (term for word in words for term in _TERM.findall(word))
    return [term for term in found if term not in ENGLISH_STOP_WORDS]


def tf_idf(texts: Sequence[str]) -> tuple[csr_array, Sequence[str]]:
    """(n, terms) the TF-IDF of texts, rows of length 1, and the terms.

    With the logarithm of counts: (1 + ln tf)(1 + ln((1 + n) / (1 + df))). Terms of one text only
    are left out; a text of no term is a row of zeros.
    """
    documents = [terms_of(text) for text in texts]
    found_in = Counter(term for document in documents for term in set(document))
    if max(found_in.values(), default=0) < 2:
        return csr_array((len(texts), 0), dtype=np.float32), []
    counted = TfidfVectorizer(
        analyzer=list, min_df=2, max_features=_FEATURES, sublinear_tf=True, dtype=np.float32
    )
    weights = csr_array(counted.fit_transform(documents))
    return weights, counted.get_feature_names_out().tolist()


def names_of(
    weights: csr_array, terms: Sequence[str], clusters: NDArray[np.int32], count: int
) -> list[str]:
    """For each cluster the terms whose mean TF-IDF is furthest above that of all texts."""
    overall: Any = np.asarray(weights.mean(axis=0))
    names = []
    for cluster in range(count):
        above = np.asarray(weights[clusters == cluster].mean(axis=0)) - overall
        best = np.argsort(-above, kind="stable")[:_NAME]
        names.append(" · ".join(terms[place] for place in best.tolist() if above[place] > 0))
    return names
