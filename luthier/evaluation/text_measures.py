"""Numbers that a model says of texts, for cleaners: perplexity, and the probability of a label."""

from collections.abc import Sequence
from typing import Any, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import PreTrainedTokenizerBase

from luthier.core.chunks import chunks
from luthier.core.errors import UserError, did_you_mean
from luthier.core.records import Row
from luthier.evaluation.predict import WINDOW, length_sorted, load
from luthier.models.kind import kind_of
from luthier.models.load import load_config, load_model, load_tokenizer, locate
from luthier.models.precision import choose_precision
from luthier.scoring.answers import ClassAnswers, LabelSetAnswers

_MAX_LENGTH = 256  # tokens: the beginning of a text tells what kind of text it is


@final
class Perplexity:
    """The perplexity of texts under a causal model, of their first 256 tokens.

    exp(-1/n Σ log p(x_i | x_<i)); where the tokenizer has a token that begins a text, the first
    token is predicted from it, else it is only read. A text without predicted tokens has none:
    not a number, which is neither high nor low.

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
                f"{model}: has no perplexity, for it does not continue texts. Use a decoder such "
                "as catalog:smollm2-135m."
            )
        self._tokenizer: PreTrainedTokenizerBase = load_tokenizer(location)
        self._precision = choose_precision("auto")
        network = load_model(location, "AutoModelForCausalLM", {}, seed=0)
        self._network = torch.nn.Module.to(network, self._precision.device).eval()
        positions = getattr(config, "max_position_embeddings", _MAX_LENGTH)
        self._max_length = min(_MAX_LENGTH, positions)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """(m,) perplexities of m texts."""
        found = np.full(len(texts), np.nan)
        ids = self._encode(texts)
        lengths = np.array([len(one) for one in ids], np.int64)
        for rows in length_sorted(lengths):
            found[rows] = self._batch([ids[row] for row in rows])
        return found

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        if not texts:
            return []
        begin: Any = self._tokenizer.bos_token_id
        first = [] if begin is None else [begin]
        encoded = self._tokenizer(
            list(texts),
            add_special_tokens=False,
            truncation=True,
            max_length=self._max_length - len(first),
            return_attention_mask=False,
        )
        return [first + ids for ids in encoded["input_ids"]]

    def _batch(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        width = max(2, *(len(one) for one in ids), 2)
        device = self._precision.device
        inputs = torch.zeros(len(ids), width, dtype=torch.long, device=device)
        mask = torch.zeros_like(inputs)
        for row, one in enumerate(ids):
            inputs[row, : len(one)] = torch.tensor(one, dtype=torch.long)
            mask[row, : len(one)] = 1
        with torch.inference_mode(), self._precision.autocast():
            logits: Tensor = self._network(
                input_ids=inputs, attention_mask=mask, use_cache=False
            ).logits
        is_asked = mask[:, 1:] == 1
        losses = cross_entropy(
            logits[:, :-1][is_asked].float(), inputs[:, 1:][is_asked], reduction="none"
        )
        of_row = is_asked.nonzero()[:, 0]
        sums = torch.zeros(len(ids), dtype=torch.float64, device=device)
        sums.index_add_(0, of_row, losses.double())
        found: NDArray[np.float64] = (sums / is_asked.sum(1)).exp().cpu().numpy()
        return found


@final
class Probability:
    """How likely the classifier of a run finds any of some labels in texts.

    Of classes the probabilities are added up; of label sets the largest counts.

    Args:
        run: a run folder of text_classification.
        labels: of its labels.

    Raises:
        UserError: there is no such run, it has no model yet, does not classify single texts, or
            has no such label.
    """

    def __init__(self, run: str, labels: Sequence[str]):
        self._model = load(run)
        known = list(getattr(self._model.task, "labels", []))
        if not known or not any(
            set(shape) == {"text", "label"} for shape in self._model.task.shapes
        ):
            raise UserError(f"{run}: does not classify texts. Name a run of text_classification.")
        for label in labels:
            if label not in known:
                raise UserError(
                    f"{run}: its classifier has no label `{label}`. {did_you_mean(label, known)}"
                )
        self._columns = [known.index(label) for label in labels]

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """(m,) probabilities of m texts."""
        found = [np.empty(0)]
        for window in chunks((Row({"text": text}) for text in texts), WINDOW):
            answers = self._model.answers(self._model.encode(window), window)
            assert isinstance(answers, ClassAnswers | LabelSetAnswers)
            assert answers.probabilities is not None
            wanted = np.asarray(answers.probabilities[:, self._columns], np.float64)
            is_set = isinstance(answers, LabelSetAnswers)
            found.append(wanted.max(axis=1) if is_set else wanted.sum(axis=1))
        return np.concatenate(found)
