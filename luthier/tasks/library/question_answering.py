"""Find the passage of a text that answers a question, or say that there is none."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from transformers import PreTrainedConfig, PreTrainedTokenizerBase
from transformers.models.auto.modeling_auto import MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES

from luthier.core.announce import announce
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.text.readable import counted
from luthier.models.kind import kind_of
from luthier.models.network import Network
from luthier.scoring.answers import Bools, TextAnswers
from luthier.scoring.metric import MeanMetric, Metric
from luthier.scoring.standard import metrics_of
from luthier.tasks.answer_spans import BestSpans, best_null_threshold, best_of_rows, best_spans
from luthier.tasks.classes import UNKNOWN
from luthier.tasks.encoded import Encoded, EncodedBatch, Indices
from luthier.tasks.passages import is_misplaced, passages, telling_texts
from luthier.tasks.question_windows import (
    Tokens,
    Window,
    context_tokens,
    layout_of,
    question_tokens,
    windows,
)
from luthier.tasks.task import Batch, Outputs, Targets, Task
from luthier.tasks.text_pairs import padded_inputs

_NAME = "question_answering"
_LABELS = ("starts", "ends")
_PLACES = (*_LABELS, "null")
_SETTING = "null_threshold"


@final
class QuestionAnswering(Task):
    """Extractive question answering (Rajpurkar et al., 2016): where does the answer begin and end?

    A long context is read in windows that overlap; each says where the answer is in it, or at its
    first token that it is not there. The best span of all windows is the answer, cut out of the
    context as it is written. If training rows have questions without an answer (Rajpurkar et al.,
    2018), there is none where "no answer" scores higher than the span by a threshold.
    """

    shapes: ClassVar[tuple[tuple[str, ...], ...]] = (("context", "question", "answers"),)
    baselines: ClassVar[tuple[str, ...]] = ("sliding_window",)

    def __init__(
        self,
        *,
        stride: Annotated[
            int | None,
            Field(ge=0, description="tokens that windows share; else a quarter, at most 128"),
        ] = None,
        max_answer_length: Annotated[
            int, Field(ge=1, description="tokens that an answer may have")
        ] = 30,
        null_threshold: Annotated[
            float | Literal["tuned"],
            Field(description="lead of no answer over the best span; else best on validation"),
        ] = "tuned",
    ):
        self._stride = stride
        self._max_answer_length = max_answer_length
        self._wanted = null_threshold
        self._threshold: float | None = None
        self._is_causal = False

    def learn(self, train: Iterable[Row]) -> None:
        """See whether there are questions without an answer; tell of answers that are misplaced."""
        misplaced = 0
        for row in train:
            if not telling_texts(row["answers"]):
                self._threshold = 0.0 if self._wanted == "tuned" else self._wanted
            elif is_misplaced(row["context"], row["answers"]):
                misplaced += 1
        if misplaced:
            announce(
                f"{counted(misplaced, 'training row')} whose answer is not at its `answer_start`: "
                "taken from the nearest place where it is."
            )

    def restore(self, config: PreTrainedConfig) -> None:
        """Read the threshold from a tuned model; one that has none always answers."""
        self._threshold = getattr(config, _SETTING, None)

    def suit(self, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase) -> str:
        """Any model with such a head whose tokenizer says where its tokens are.

        Raises:
            UserError: transformers has no such head for it, or its tokenizer is not a fast one.
        """
        self._is_causal = kind_of(config) == "decoder"
        if config.model_type not in MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES:
            raise UserError(
                f"model.base: transformers has no head for {_NAME} on a {config.model_type} model. "
                "Use an encoder such as catalog:minilm, or have the answer written: "
                "`task: text_generation`."
            )
        if not tokenizer.is_fast:
            raise UserError(
                f"model.base: {_NAME} needs a fast tokenizer (tokenizer.json), which says where in "
                "the text each token is. Use another model."
            )
        return "AutoModelForQuestionAnswering"

    def model_settings(self) -> dict[str, Any]:
        """Two outputs a token, and the threshold if there is one."""
        settings: dict[str, Any] = {"num_labels": 2}
        return settings if self._threshold is None else settings | {_SETTING: self._threshold}

    def encode(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> EncodedBatch:
        """Each row as windows, and where in them the first answer is that fits; in a window without
        any, that there is none. `UNKNOWN` in all windows of a row whose answer is nowhere.
        """
        parts, ids, made, labels = [], [], [], []
        for row, context, found in self._windows(rows, tokenizer, max_length):
            parts.append(len(found))
            ids += [row.id] * len(found)
            made += found
            labels += _labels(row, context, found)
        return EncodedBatch(
            tokens={name: [window.columns[name] for window in made] for name in made[0].columns},
            values={
                "starts": [start for start, _ in labels],
                "ends": [end for _, end in labels],
                "null": [window.null for window in made],
            },
            full_lengths=[len(window.begins) + window.num_cut for window in made],
            ids=ids,
            lists={"begins": [w.begins for w in made], "ends": [w.ends for w in made]},
            parts=parts,
        )

    def _windows(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> Iterator[tuple[Row, Tokens, list[Window]]]:
        layout = layout_of(tokenizer, is_causal=self._is_causal)
        room = max_length - layout.size
        stride = min(128, room // 4) if self._stride is None else self._stride
        contexts = context_tokens([row["context"] for row in rows], tokenizer)
        questions = question_tokens([row["question"] for row in rows], tokenizer)
        for row, question in zip(rows, questions, strict=True):
            context = contexts[row["context"]]
            yield row, context, list(windows(question, context, layout, max_length, stride))

    def must_learn(self, train: Encoded) -> None:
        """Tell how many rows teach nothing, and how many answers are longer than may be given.

        Raises:
            UserError: no row teaches anything.
        """
        firsts = np.cumsum(train.parts) - train.parts
        starts, ends = (train.values[name] for name in _LABELS)
        lost = int(np.logical_and.reduceat(starts == UNKNOWN, firsts).sum())
        long = np.logical_or.reduceat(ends - starts >= self._max_answer_length, firsts).sum()
        if lost == len(firsts):
            raise UserError(
                f"data.source: {_NAME} has nothing to learn from: no answer is in its context, or "
                "none fits into a window (raise model.max_length)."
            )
        if lost:
            announce(
                f"{counted(lost, 'training row')} of {len(firsts):,} teach nothing: the answer is "
                f"not in the context, or fits into no window (raise model.max_length, or "
                f"task.{_NAME}.stride)."
            )
        if long:
            announce(
                f"{counted(int(long), 'training row')} of {len(firsts):,} with an answer of more "
                f"than {self._max_answer_length} tokens, which is never given (raise "
                f"task.{_NAME}.max_answer_length)."
            )

    def collate(self, encoded: Encoded, rows: Indices, padding: Mapping[str, int]) -> Batch:
        """`input_ids`, `attention_mask`, `inside` (B, L); `starts`, `ends`, `null` (B,)."""
        batch = padded_inputs(encoded, rows, padding)
        begins, ends = (encoded.lists[name].padded(rows, 0) for name in ("begins", "ends"))
        batch["inside"] = torch.from_numpy(ends > begins)
        for name in _PLACES:
            batch[name] = torch.from_numpy(encoded.values[name][rows].astype(np.int64))
        return batch

    def forward(self, model: Network, batch: Batch) -> torch.Tensor:
        """The logits (B, L, 2) of where the answer begins and ends, in fp32."""
        inputs = {n: values for n, values in batch.items() if n not in ("inside", *_PLACES)}
        output = model(**inputs)
        return torch.stack([output.start_logits, output.end_logits], dim=-1).float()

    def targets(self, batch: Batch) -> Targets:
        """Both ends of the B' windows that have a target, one half each: M = 2 B' classes of L."""
        known = batch["starts"] != UNKNOWN
        labels = torch.cat([batch[name][known] for name in _LABELS])
        return Targets("classes", labels, torch.full(labels.shape, 0.5, device=labels.device))

    def owners(self, batch: Batch) -> torch.Tensor:
        """The windows of all first tokens, then of all last ones."""
        return (batch["starts"] != UNKNOWN).nonzero()[:, 0].repeat(2)

    def logits(self, output: torch.Tensor, batch: Batch) -> torch.Tensor:
        """The logits of first tokens, then of last ones: (2 B', L); padding is no choice (-inf).

        transformers leaves padding in, so that its loss depends on how wide a batch is.
        """
        known = batch["starts"] != UNKNOWN
        is_padding = batch["attention_mask"][known] == 0
        return torch.cat([e.masked_fill(is_padding, -torch.inf) for e in output[known].unbind(-1)])

    def read(self, output: torch.Tensor, batch: Batch) -> Outputs:
        """Of each window (B, 5): first and last token of the best span, its score, log sum exp of
        all spans' scores, and the score of no answer; a score is the sum of two logits.
        """
        starts, ends = output.unbind(-1)
        null = batch["null"][:, None]
        no_answer = (starts + ends).gather(1, null)
        found = best_spans(starts, ends, batch["inside"], self._max_answer_length)
        kept: NDArray[np.float32] = torch.cat([found, no_answer], dim=1).cpu().numpy()
        return kept

    def answers(
        self,
        outputs: Outputs,
        replies: Sequence[Any] | None,
        encoded: Encoded,
        rows: Iterable[Row],
    ) -> TextAnswers:
        """The best span of each row, as its context writes it, or none.

        With it `start`, its first character (-1 if there is none), and `confidence`: the share of
        its exp(score) among those of all spans of all windows and of no answer.
        """
        assert isinstance(outputs, np.ndarray)
        found = best_of_rows(outputs, encoded)
        return self._cut_out(found, found.are_given(self._threshold), rows)

    def _cut_out(self, found: BestSpans, answered: Bools, rows: Iterable[Row]) -> TextAnswers:
        begins, ends = np.where(answered, found.begins, 0), np.where(answered, found.ends, 0)
        references, predictions = [], []
        for row, begin, end in zip(rows, begins.tolist(), ends.tolist(), strict=True):
            references.append(telling_texts(row.get("answers") or {"text": []}))
            predictions.append(row["context"][begin:end])
        numbers = {
            "start": np.where(answered, begins, -1),
            "confidence": np.exp(np.where(answered, found.scores, found.nulls) - found.totals),
        }
        return TextAnswers(references, predictions, numbers)

    @property
    def needs_calibration(self) -> bool:
        """Whether there are questions without an answer, and the threshold is to be chosen."""
        return self._threshold is not None and self._wanted == "tuned"

    def calibrate(
        self, outputs: Outputs, encoded: Encoded, rows: Callable[[], Iterable[Row]]
    ) -> None:
        """Choose the threshold of "no answer" that gives the best mean F1."""
        assert isinstance(outputs, np.ndarray)
        found = best_of_rows(outputs, encoded)
        spans = self._cut_out(found, np.ones(len(encoded.parts), np.bool_), rows())
        f1 = next(metric for metric in self.metrics() if metric.name() == self.primary)
        assert isinstance(f1, MeanMetric)
        without = np.array([not texts for texts in spans.references], np.float64)
        self._threshold = best_null_threshold(
            found.nulls - found.scores, f1.scores(spans) - without
        )

    def render(self, row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int) -> str:
        """Question and window as the model sees them, the answer in it in brackets."""
        ((_, context, found),) = self._windows([row], tokenizer, max_length)
        labels = _labels(row, context, found)
        holding = [i for i, label in enumerate(labels) if label[0] not in (UNKNOWN, found[i].null)]
        shown = holding[0] if holding else 0
        ids, (start, end) = found[shown].columns["input_ids"], labels[shown]
        which = f" (window {shown + 1} of {len(found)})" if len(found) > 1 else ""
        if holding:
            parts = ids[:start], ids[start : end + 1], ids[end + 1 :]
            before, answer, behind = (str(tokenizer.decode(part)) for part in parts)
            return f"{before} → [{answer.strip()}] {behind}{which}"
        asked = "nothing" if start == UNKNOWN else "no answer"
        return f"{tokenizer.decode(ids)}{which} → [{asked}]"

    def metrics(self) -> list[Metric[Any]]:
        """F1 and exact match, of words or, in Chinese, of characters."""
        return metrics_of(("squad_f1", "exact_match"))

    @property
    def primary(self) -> str:
        """`squad_f1`."""
        return "squad_f1"


def _labels(row: Row, context: Tokens, found: Sequence[Window]) -> list[tuple[int, int]]:
    """The first and last position of the answer in each window; twice `null` where it is not."""
    answers = row.get("answers")
    if answers is None:
        return [(UNKNOWN, UNKNOWN)] * len(found)
    spans = [context.between(*passage) for passage in passages(row["context"], answers)]
    labels = [window.first_held(spans) for window in found]
    is_lost = telling_texts(answers) and all(label is None for label in labels)
    return [
        (UNKNOWN, UNKNOWN) if is_lost else label or (window.null, window.null)
        for window, label in zip(found, labels, strict=True)
    ]
