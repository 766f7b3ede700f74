"""Say how two entities that are marked in a text are related."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, final

import numpy as np
from pydantic import Field
from transformers import PreTrainedConfig, PreTrainedTokenizerBase

from luthier.core.errors import UserError, did_you_mean
from luthier.core.records import Row
from luthier.data.parsing.faults import Faults
from luthier.data.text.readable import clip, readable
from luthier.scoring.answers import Answers, ClassAnswers
from luthier.scoring.metric import Metric
from luthier.scoring.standard import metrics_of, standard_metrics
from luthier.tasks.classes import UNKNOWN, by_value, class_settings, names_in_config
from luthier.tasks.classification import TARGETS, Classification
from luthier.tasks.deciding import must_be_among
from luthier.tasks.encoded import Encoded, EncodedBatch
from luthier.tasks.marked_entities import STYLES, Marked, kept_tokens, read_marked
from luthier.tasks.pieces import Pieces, pieces_of, surroundings
from luthier.tasks.task import Outputs

_NAME = "relation_classification"
_SHOWN = 60


@final
class RelationClassification(Classification):
    """One of C relations between the two entities that each text marks.

    Entities are marked as `[E1] Bill [/E1] lives in [E2] Rome [/E2]`, as `<e1>Bill</e1>` (SemEval
    2010), or by `markers`. The model reads `@ Bill @ lives in # Rome #` (Zhou and Chen, 2022). Of a
    text that is too long the parts round the entities are kept.
    """

    shapes: ClassVar[tuple[tuple[str, ...], ...]] = (("text", "label"),)
    baselines: ClassVar[tuple[str, ...]] = ("majority", "tfidf", "base_model")

    def __init__(
        self,
        *,
        markers: Annotated[
            list[str] | None,
            Field(
                min_length=4,
                max_length=4,
                description="beginning and end of the first entity, then of the second",
            ),
        ] = None,
        negative: Annotated[
            str | None,
            Field(description="the label that says no relation, which relation_f1 leaves out"),
        ] = None,
        metric: Annotated[str | None, Field(description="what decides; else relation_f1")] = None,
    ):
        if markers is not None and len({marker.lower() for marker in markers}) < 4:
            raise UserError(f"task.{_NAME}.markers: name four that differ, not {markers}.")
        self._styles = STYLES if markers is None else (tuple(markers),)
        self._negative = negative
        self._metric = metric
        self._labels: list[str] = []

    @property
    def labels(self) -> list[str]:
        """The relations, sorted; numbers by value."""
        return self._labels

    def learn(self, train: Iterable[Row]) -> None:
        """Collect the relations of the training rows, and see that all entities are marked.

        Raises:
            UserError: some are not, or an option names no label or metric.
        """
        faults, labels = _faults(), set[str]()
        for row in train:
            self._marked(row, faults)
            labels.add(_one_name(row["label"]))
        faults.tell_if_any()
        self._set_labels(sorted(labels, key=by_value))

    def restore(self, config: PreTrainedConfig) -> None:
        """Read the relations from a tuned model's configuration."""
        self._set_labels(names_in_config(config, _NAME))

    def _set_labels(self, labels: list[str]) -> None:
        self._labels = labels
        if self._negative is not None and self._negative not in labels:
            hint = did_you_mean(self._negative, labels)
            raise UserError(f"task.{_NAME}.negative: no label `{self._negative}`. {hint}")
        must_be_among(self._metric, self.metrics(), _NAME)

    def suit(self, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase) -> str:
        """Any model: an encoder is read at its first token, a decoder at the last of the text.

        Raises:
            UserError: its tokenizer cannot tell where in the text a token stands.
        """
        if not tokenizer.is_fast:
            raise UserError(
                f"model.base: {_NAME} needs a tokenizer that knows where its tokens stand, and "
                f"{type(tokenizer).__name__} does not. Use a model with a tokenizer.json."
            )
        return "AutoModelForSequenceClassification"

    def model_settings(self) -> dict[str, Any]:
        """The relations, in the form transformers keeps them."""
        return {**class_settings(self._labels), "problem_type": "single_label_classification"}

    def encode(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> EncodedBatch:
        """Tokens of the text with signs round its entities, and the class; `UNKNOWN` if none.

        Raises:
            UserError: entities are not marked as they should be.
        """
        faults = _faults()
        marked = [self._marked(row, faults) for row in rows]
        faults.tell_if_any()
        texts = [one for one in marked if one is not None]
        pieces = pieces_of([one.text for one in texts], tokenizer)
        before, behind = surroundings(tokenizer)
        lengths = [len(before) + len(one) + len(behind) for one in pieces]
        room = max_length - len(before) - len(behind)
        _cut_long(pieces, texts, room, tokenizer)
        numbers = {label: i for i, label in enumerate(self._labels)}
        return EncodedBatch(
            tokens={"input_ids": [[*before, *ids, *behind] for ids in pieces]},
            values={TARGETS: [numbers.get(str(row.get("label")), UNKNOWN) for row in rows]},
            full_lengths=lengths,
            ids=[row.id for row in rows],
        )

    def _marked(self, row: Row, faults: Faults) -> Marked | None:
        try:
            return read_marked(row["text"], self._styles)
        except ValueError as error:
            faults.add(str(error), f"row {row.id[:8]} ({clip(row['text'], width=_SHOWN)})")
            return None

    def answers(
        self,
        outputs: Outputs,
        replies: Sequence[Any] | None,
        encoded: Encoded,
        rows: Iterable[Row],
    ) -> Answers:
        """The likeliest relation of each text."""
        probabilities = np.asarray(outputs).reshape(-1, len(self._labels))
        references = np.asarray(encoded.values.get(TARGETS, np.zeros(0)), np.int64)
        return ClassAnswers(references, probabilities.argmax(axis=1), probabilities, self._labels)

    def render(self, row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int) -> str:
        """The tokens the model sees, as text, and the relation the loss asks for."""
        encoded = self.encode([row], tokenizer, max_length)
        ids = encoded.tokens["input_ids"][0]
        cut = encoded.full_lengths[0] - len(ids)
        told = f" … {cut} tokens cut off" if cut else ""
        return f"{tokenizer.decode(ids)}{told} → [{row.get('label')}]"

    def metrics(self) -> list[Metric[Any]]:
        """F1 of all relations but the negative one, micro and macro, and the standard set."""
        averages = [
            {"relation_f1": {"negative": self._negative, "average": average}}
            for average in ("micro", "macro")
        ]
        return [*metrics_of(averages), *standard_metrics(len(self._labels))]

    @property
    def primary(self) -> str:
        """What the recipe names; else F1 of all relations but the negative one."""
        return self._metric or "relation_f1"


def _faults() -> Faults:
    return Faults(
        "mark two entities in each text, as in [E1] Bill [/E1] lives in [E2] Rome [/E2] (and leave "
        "extract_text out of data.clean: it takes <e1> for HTML)"
    )


def _one_name(label: Any) -> str:
    if isinstance(label, list):
        raise UserError(f"{_NAME}: a row has several labels, {label}. Give each row one relation.")
    return str(label)


def _cut_long(
    pieces: list[Pieces], texts: Sequence[Marked], room: int, tokenizer: PreTrainedTokenizerBase
) -> None:
    """Leave of each text that is too long what stands nearest to its entities."""
    long = [i for i, ids in enumerate(pieces) if len(ids) > room]
    if not long:
        return
    encoding = tokenizer(
        [readable(texts[i].text) for i in long],
        add_special_tokens=False,
        return_offsets_mapping=True,
        verbose=False,
    )
    for i, offsets in zip(long, encoding["offset_mapping"], strict=True):
        pieces[i] = [pieces[i][token] for token in kept_tokens(offsets, texts[i], room)]
