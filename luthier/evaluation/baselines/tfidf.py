"""A linear model on the TF-IDF weights of words and word pairs."""

from collections.abc import Sequence
from typing import ClassVar, final

from sklearn.feature_extraction.text import TfidfTransformer

from luthier.evaluation.bag_of_words import most_frequent, thinned, word_counts
from luthier.evaluation.classifier import Classifier, Lesson, TextClassifier
from luthier.evaluation.linear import fit_linear
from luthier.scoring.answers import Floats

_MAX_FEATURES = 100_000
_MAX_WEIGHTS = 2_000_000


@final
class Tfidf(TextClassifier):
    """Sublinear TF-IDF of words and word pairs, L2-normalised, then a linear head.

    Memory is bounded: words are hashed into 2^20 columns, of which the most frequent stay (2
    million weights over all classes, 100,000 columns at most); of each text the first 100,000
    characters count; of train rows with more than 50 million characters a random half is taken,
    again and again, until they have fewer.
    """

    title: ClassVar[str] = "TF-IDF"
    title_zh: ClassVar[str] = "TF-IDF"

    def fit(self, lesson: Lesson) -> Classifier:
        """Learn the columns, their weights and the head from the train rows."""
        rows, kept = thinned(lesson.texts, len(lesson.targets))
        counts = word_counts(kept)
        most = min(_MAX_FEATURES, max(1000, _MAX_WEIGHTS // lesson.width))
        columns = most_frequent(counts, most)
        weigh = TfidfTransformer(sublinear_tf=True)
        features = weigh.fit_transform(counts[:, columns])
        head = fit_linear(features, lesson.targets[rows], lesson.kind, lesson.width)

        def answer(texts: Sequence[str]) -> Floats:
            return head(weigh.transform(word_counts(texts)[:, columns]))

        return answer
