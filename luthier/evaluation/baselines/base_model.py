"""A linear model on the mean token vectors of the pretrained model, as it came."""

from collections.abc import Sequence
from itertools import compress
from typing import Annotated, ClassVar, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from luthier.core.chunks import chunks
from luthier.evaluation.classifier import Classifier, Lesson, TextClassifier
from luthier.evaluation.linear import fit_linear
from luthier.evaluation.mean_vectors import MeanVectors
from luthier.scoring.answers import Floats

_WINDOW = 4096


@final
class BaseModel(TextClassifier):
    """A linear head on the frozen pretrained model: what its features alone are worth.

    Each text becomes the mean of its last layer's token vectors (Reimers and Gurevych, 2019), each
    feature is standardised, and the head is that of the other baselines. Of more than `max_rows`
    training rows, a random part is taken: a head on some hundred features has long levelled off
    there.
    """

    title: ClassVar[str] = "the untuned model with a linear head"
    title_zh: ClassVar[str] = "未微调的模型加线性头"

    def __init__(
        self,
        *,
        max_rows: Annotated[int, Field(ge=1, description="training rows used")] = 10_000,
    ):
        self.max_rows = max_rows

    def fit(self, lesson: Lesson) -> Classifier:
        """Load the model, compute the features of the train rows, fit the head."""
        recipe = lesson.recipe
        vectors = MeanVectors(recipe.model.base, recipe.model.max_length, recipe.training.precision)
        used = _sample(len(lesson.targets), self.max_rows)
        windows = chunks(compress(lesson.texts, used), _WINDOW)
        features = np.concatenate([vectors.of(window) for window in windows])
        mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
        targets = lesson.targets[used]
        head = fit_linear((features - mean) / scale, targets, lesson.kind, lesson.width)

        def answer(texts: Sequence[str]) -> Floats:
            return head((vectors.of(texts) - mean) / scale)

        return answer


def _sample(rows: int, most: int) -> NDArray[np.bool_]:
    """Which of the rows are used: all, or a random `most` of them, the same every time."""
    used = np.zeros(rows, np.bool_)
    used[np.random.Generator(np.random.PCG64(0)).permutation(rows)[:most]] = True
    return used
