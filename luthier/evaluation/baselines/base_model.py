"""Logistic regression on the mean token vectors of the pretrained model, as it came."""

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Annotated, ClassVar, Literal, final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field

from luthier.core.chunks import chunks
from luthier.data.text.readable import readable
from luthier.evaluation.baseline import Baseline, Classifier
from luthier.evaluation.logistic import fit_logistic
from luthier.evaluation.predict import length_sorted
from luthier.models.load import load_model, load_tokenizer
from luthier.models.precision import choose_precision
from luthier.scoring.metric import Floats, Integers

_WINDOW = 4096


@final
class BaseModel(Baseline):
    """A linear head on the frozen pretrained model: what its features alone are worth.

    Each text becomes the mean of its last layer's token vectors (Reimers and Gurevych, 2019), each
    feature is standardised, and the regression is that of the other baselines. Of more than
    `max_rows` training rows, a random part is taken: a regression on some hundred features has
    long levelled off there.
    """

    title: ClassVar[str] = "the untuned model with a linear head"

    def __init__(
        self,
        *,
        location: Annotated[str, Field(description="folder or hub id of the pretrained model")],
        max_length: Annotated[int, Field(ge=8, description="tokens read of a text")] = 256,
        precision: Annotated[
            Literal["auto", "fp32", "bf16"], Field(description="as in training")
        ] = "auto",
        max_rows: Annotated[int, Field(ge=1, description="training rows used")] = 20_000,
    ):
        self._tokenizer = load_tokenizer(location)
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._model = load_model(location, "AutoModel", {}, seed=0).eval()
        self._precision = choose_precision(precision)
        torch.nn.Module.to(self._model, self._precision.device)
        self._max_length = max_length
        self._max_rows = max_rows

    def fit(self, texts: Iterable[str], labels: Integers, num_labels: int) -> Classifier:
        """Compute the features of the train rows, fit the regression."""
        used = _sample(len(labels), self._max_rows)
        windows = chunks(compress(texts, used), _WINDOW)
        features = np.concatenate([self._features(window) for window in windows])
        mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
        regression = fit_logistic((features - mean) / scale, labels[used], num_labels)

        def classify(texts: Sequence[str]) -> Floats:
            return regression((self._features(texts) - mean) / scale)

        return classify

    def _features(self, texts: Sequence[str]) -> NDArray[np.float32]:
        tokens = self._tokenizer(
            [readable(text) for text in texts], truncation=True, max_length=self._max_length
        )
        lengths = np.array([len(ids) for ids in tokens["input_ids"]], np.int64)
        features = np.empty((len(texts), self._model.config.hidden_size), np.float32)
        for rows in length_sorted(lengths):
            part = {name: [column[i] for i in rows] for name, column in tokens.items()}
            batch = self._tokenizer.pad(part, padding_side="right", return_tensors="pt")
            batch = batch.to(self._precision.device)
            with torch.inference_mode(), self._precision.autocast():
                vectors = self._model(**batch).last_hidden_state.float()
            mask = batch["attention_mask"][:, :, None]
            features[rows] = ((vectors * mask).sum(1) / mask.sum(1)).cpu().numpy()
        return features


def _sample(rows: int, most: int) -> NDArray[np.bool_]:
    """Which of the rows are used: all, or a random `most` of them, the same every time."""
    used = np.zeros(rows, np.bool_)
    used[np.random.Generator(np.random.PCG64(0)).permutation(rows)[:most]] = True
    return used
