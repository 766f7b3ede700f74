"""Texts as vectors: the mean of what a frozen pretrained model says of their tokens."""

from collections.abc import Sequence
from typing import Any, Literal, final

import numpy as np
import torch
from numpy.typing import NDArray
from xxhash import xxh3_128

from luthier.data.text.readable import readable
from luthier.evaluation.predict import length_sorted
from luthier.models.load import load_model, load_tokenizer, locate
from luthier.models.precision import PrecisionName, choose_precision


@final
class MeanVectors:
    """A pretrained model as it came; of an encoder-decoder, the encoder.

    Args:
        base: catalog:name, a folder, or a hub id.
        max_length: tokens read of a text; the rest is cut off.
        precision: see `training.precision` of a recipe.
    """

    def __init__(
        self, base: str, max_length: int, precision: Literal["auto"] | PrecisionName = "auto"
    ):
        location = locate(base)
        self._tokenizer = load_tokenizer(location)
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._precision = choose_precision(precision)
        model = load_model(location, "AutoModel", {}, seed=0).eval()
        self._model = model.get_encoder() if model.config.is_encoder_decoder else model
        torch.nn.Module.to(self._model, self._precision.device)
        self._max_length = max_length

    @property
    def width(self) -> int:
        """Numbers of a vector: the model's hidden size."""
        width: int = self._model.config.hidden_size
        return width

    @property
    def identity(self) -> str:
        """A hash of all that the vectors depend on but for the texts."""
        backend: Any = getattr(self._tokenizer, "backend_tokenizer", None)
        config = self._model.config.to_json_string()
        told = (config, backend and backend.to_str(), self._max_length, self._precision.name)
        digest = xxh3_128(repr(told).encode())
        for parameter in self._model.parameters():
            bits = parameter.detach().cpu().contiguous().view(-1).view(torch.uint8)
            digest.update(bits.numpy().data)
        return digest.hexdigest()

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The mean vector of each text: (m, width); 0 for a text without a token."""
        tokens = self._tokenizer(
            [readable(text) for text in texts], truncation=True, max_length=self._max_length
        )
        lengths = np.array([len(ids) for ids in tokens["input_ids"]], np.int64)
        features = np.zeros((len(texts), self.width), np.float32)
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
