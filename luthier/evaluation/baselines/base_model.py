"""A linear model on the mean token vectors of the pretrained model, as it came."""

from collections.abc import Sequence
from itertools import compress
from typing import Annotated, ClassVar, final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field

from luthier.core.chunks import chunks
from luthier.core.config import Recipe
from luthier.data.text.readable import readable
from luthier.evaluation.classifier import Classifier, Lesson, TextClassifier
from luthier.evaluation.linear import fit_linear
from luthier.evaluation.predict import length_sorted
from luthier.models.load import load_model, load_tokenizer, locate
from luthier.models.precision import choose_precision
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
        vectors = _MeanVectors(lesson.recipe)
        used = _sample(len(lesson.targets), self.max_rows)
        windows = chunks(compress(lesson.texts, used), _WINDOW)
        features = np.concatenate([vectors.of(window) for window in windows])
        mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
        targets = lesson.targets[used]
        head = fit_linear((features - mean) / scale, targets, lesson.kind, lesson.width)

        def answer(texts: Sequence[str]) -> Floats:
            return head((vectors.of(texts) - mean) / scale)

        return answer


class _MeanVectors:
    """The pretrained model of a recipe; of an encoder-decoder, the encoder."""

    def __init__(self, recipe: Recipe):
        location = locate(recipe.model.base)
        self._tokenizer = load_tokenizer(location)
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._precision = choose_precision(recipe.training.precision)
        model = load_model(location, "AutoModel", {}, seed=0).eval()
        self._model = model.get_encoder() if model.config.is_encoder_decoder else model
        torch.nn.Module.to(self._model, self._precision.device)
        self._max_length = recipe.model.max_length

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The mean vector of each text: (m, hidden size); 0 for a text without a token."""
        tokens = self._tokenizer(
            [readable(text) for text in texts], truncation=True, max_length=self._max_length
        )
        lengths = np.array([len(ids) for ids in tokens["input_ids"]], np.int64)
        features = np.zeros((len(texts), self._model.config.hidden_size), np.float32)
        telling = np.flatnonzero(lengths)  # a decoder's tokenizer makes no token of an empty text
        for places in length_sorted(lengths[telling]):
            rows = telling[places]
            part = {name: [column[i] for i in rows] for name, column in tokens.items()}
            features[rows] = self._means(part)
        return features

    def _means(self, tokens: dict[str, list[list[int]]]) -> NDArray[np.float32]:
        batch = self._tokenizer.pad(tokens, padding_side="right", return_tensors="pt")
        batch = batch.to(self._precision.device)
        with torch.inference_mode(), self._precision.autocast():
            vectors = self._model(**batch).last_hidden_state.float()
        mask = batch["attention_mask"][:, :, None]
        means: NDArray[np.float32] = ((vectors * mask).sum(1) / mask.sum(1)).cpu().numpy()
        return means


def _sample(rows: int, most: int) -> NDArray[np.bool_]:
    """Which of the rows are used: all, or a random `most` of them, the same every time."""
    used = np.zeros(rows, np.bool_)
    used[np.random.Generator(np.random.PCG64(0)).permutation(rows)[:most]] = True
    return used
