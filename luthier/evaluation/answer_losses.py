"""How surprising answers are to a language model, after their prompt and alone."""

from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from luthier.core.errors import UserError
from luthier.evaluation.predict import length_sorted
from luthier.models.kind import kind_of
from luthier.models.load import load_config, load_model, load_tokenizer, locate
from luthier.models.precision import choose_precision

_MAX_LENGTH = 1024  # tokens of prompt and answer together


@final
class AnswerLosses:
    """The mean of -log p over an answer's tokens, given its prompt, and given nothing.

    The ratio of the two is the instruction-following difficulty (Li et al., 2024). Prompt and
    answer are cut into tokens each by itself, so that the answer's are the same both times. Alone,
    an answer begins with the model's first token, or where it has none its own first token is only
    read, both times. What is longer than the model reads loses the beginning of the prompt and the
    end of the answer; an answer may take half the room.

    Args:
        model: `catalog:name`, a folder or a hub id.

    Raises:
        UserError: there is no such model, or it does not continue texts.
    """

    def __init__(self, model: str):
        location = locate(model)
        config = load_config(location)
        if kind_of(config) != "decoder":
            raise UserError(
                f"{model}: finds no answer surprising, for it does not continue texts. Use a "
                "decoder such as catalog:smollm2-135m."
            )
        self._tokenizer = load_tokenizer(location)
        self._precision = choose_precision("auto")
        network = load_model(location, "AutoModelForCausalLM", {}, seed=0)
        self._network = torch.nn.Module.to(network, self._precision.device).eval()
        self._room = min(_MAX_LENGTH, getattr(config, "max_position_embeddings", _MAX_LENGTH))

    def __call__(self, prompts: Sequence[str], answers: Sequence[str]) -> NDArray[np.float64]:
        """(m, 2) losses: after the prompt, and alone; not a number for an empty answer."""
        bos: int | None = self._tokenizer.bos_token_id
        begin = [] if bos is None else [bos]
        said = [ids[: self._room // 2] for ids in self._ids(answers)]
        before = [
            begin + ids[max(0, len(ids) + len(begin) + len(own) - self._room) :]
            for ids, own in zip(self._ids(prompts), said, strict=True)
        ]
        skipped = 1 - len(begin)
        after = self._losses(before, said, skipped)
        alone = self._losses([begin] * len(said), said, skipped)
        return np.stack([after, alone], axis=1)

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        found = self._tokenizer(
            list(texts), add_special_tokens=False, return_attention_mask=False, verbose=False
        )
        ids: list[list[int]] = found["input_ids"]
        return ids

    def _losses(
        self, before: Sequence[list[int]], said: Sequence[list[int]], skipped: int
    ) -> NDArray[np.float64]:
        """The mean loss of each answer's tokens but the first `skipped`."""
        whole = [first + own for first, own in zip(before, said, strict=True)]
        starts = np.array([len(first) + skipped for first in before], np.int64)
        found = np.full(len(said), np.nan)
        lengths = np.array([len(ids) for ids in whole], np.int64)
        asked = np.flatnonzero(lengths > starts)
        for places in length_sorted(lengths[asked]):
            rows = asked[places]
            found[rows] = self._batch([whole[row] for row in rows], starts[rows])
        return found

    def _batch(self, ids: Sequence[list[int]], starts: NDArray[np.int64]) -> NDArray[np.float64]:
        device = self._precision.device
        inputs = torch.zeros(len(ids), max(map(len, ids)), dtype=torch.long)
        mask = torch.zeros_like(inputs)
        is_said = torch.zeros_like(inputs, dtype=torch.bool)
        for row, (one, start) in enumerate(zip(ids, starts.tolist(), strict=True)):
            inputs[row, : len(one)] = torch.tensor(one)
            mask[row, : len(one)] = 1
            is_said[row, start : len(one)] = True
        inputs, mask, is_said = (part.to(device) for part in (inputs, mask, is_said[:, 1:]))
        with torch.inference_mode(), self._precision.autocast():
            logits: Tensor = self._network(
                input_ids=inputs, attention_mask=mask, use_cache=False
            ).logits
        losses = cross_entropy(
            logits[:, :-1][is_said].float(), inputs[:, 1:][is_said], reduction="none"
        )
        sums = torch.zeros(len(ids), dtype=torch.float64, device=device)
        sums.index_add_(0, is_said.nonzero()[:, 0], losses.double())
        found: NDArray[np.float64] = (sums / is_said.sum(1)).cpu().numpy()
        return found
