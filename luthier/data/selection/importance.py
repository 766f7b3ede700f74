"""How much likelier a text is in a target corpus than among the rows: importance weights."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

from luthier.core.chunks import chunks
from luthier.data.duplicates.shingles import tokens

_BATCH = 1024


class NgramWeights:
    """Bags of hashed words and word pairs: how much likelier a text's are in the target corpus.

    log w(z) = Σ_b z_b (log p_target(b) - log p_rows(b)), z_b how often bucket b stands in a text
    (DSIR: Xie et al., 2023, sections 3 and 4). In scripts without spaces a word is a character.
    p_rows is smoothed by adding one to every bucket (Laplace). A target corpus is often small, and
    adding one would make all it says look unlikely: p_target falls back to p_rows by as much as new
    buckets were met in it, (c_b + n p_rows(b)) / (c + n) with n kinds of c (Witten and Bell, 1991).

    Args:
        buckets: that n-grams are hashed into.
    """

    def __init__(self, buckets: int):
        self._hashed = HashingVectorizer(
            n_features=buckets,
            ngram_range=(1, 2),
            tokenizer=tokens,
            token_pattern=None,
            lowercase=False,
            alternate_sign=False,
            norm=None,
        )
        self._ratio = np.zeros(buckets)

    def fit(self, rows: Iterable[str], targets: Iterable[str]) -> None:
        """Learn both distributions, from streams."""
        counts = self._counts(rows) + 1
        of_rows = counts / counts.sum()
        said = self._counts(targets)
        kinds = max(1, np.count_nonzero(said))
        of_target = (said + kinds * of_rows) / (said.sum() + kinds)
        self._ratio = np.log(of_target) - np.log(of_rows)

    def weigh(self, texts: Iterable[str]) -> NDArray[np.float64]:
        """(m,) log w of each text."""
        found = [self._hashed.transform(batch) @ self._ratio for batch in chunks(texts, _BATCH)]
        return np.concatenate([np.empty(0), *found])

    def _counts(self, texts: Iterable[str]) -> NDArray[np.float64]:
        counts = np.zeros(len(self._ratio))
        for batch in chunks(texts, _BATCH):
            counts += np.asarray(self._hashed.transform(batch).sum(axis=0)).ravel()
        return counts
