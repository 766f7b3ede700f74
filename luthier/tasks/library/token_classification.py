"""Tag every word of a sentence: named entities, parts of speech, Chinese words by character."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from transformers import PreTrainedConfig, PreTrainedTokenizerBase
from transformers.models.auto.modeling_auto import MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.text.readable import counted
from luthier.scoring.answers import Answers, TagAnswers
from luthier.scoring.metric import Metric
from luthier.scoring.standard import metrics_of, tag_metrics
from luthier.tasks.classes import UNKNOWN, by_value, class_settings, names_in_config
from luthier.tasks.classification import TARGETS, Classification
from luthier.tasks.deciding import must_be_among
from luthier.tasks.encoded import Encoded, EncodedBatch, Indices
from luthier.tasks.pieces import Pieces, surroundings
from luthier.tasks.tags import OUTSIDE, entities_in, entity_types, going_on, mark_spans
from luthier.tasks.task import Batch, Outputs
from luthier.tasks.text_pairs import padded_inputs
from luthier.tasks.windows import windows
from luthier.tasks.words import split_words, word_pieces, words_of

_NAME = "token_classification"
_WORDS = "words"
_NO_WORD = -1
_ANSWER = np.dtype([("tag", np.int32), ("share", np.float32)])


@final
class TokenClassification(Classification):
    """One of C tags a word, asked at the word's first piece (Devlin et al., 2019, section 5.3).

    A sentence longer than `model.max_length` is read in windows that overlap, and each word is
    asked in the one where it has most context: once in training, once in prediction. A word that
    the tokenizer has no piece for is `O`. Tags stay as the rows have them; sequences that no
    scheme allows are read as seqeval reads them, when they are scored.
    """

    shapes: ClassVar[tuple[tuple[str, ...], ...]] = (("tokens", "tags"),)
    baselines: ClassVar[tuple[str, ...]] = ("frequent_tag",)
    kept_back: ClassVar[frozenset[str]] = frozenset({TARGETS, _WORDS})

    def __init__(
        self,
        *,
        metric: Annotated[
            str | None,
            Field(description="what decides; else span_f1, token_accuracy for tags without spans"),
        ] = None,
        label_all: Annotated[
            bool, Field(description="teach all pieces of a word its tag, not the first alone")
        ] = False,
        overlap: Annotated[
            float, Field(ge=0, le=0.5, description="share of a window that the next one repeats")
        ] = 0.25,
    ):
        self._metric = metric
        self._label_all = label_all
        self._overlap = overlap
        self._tags: list[str] = []
        self._number_of: dict[str, int] = {}
        self._tag_within: dict[int, int] = {}
        self._fallback = 0
        self._marks_spans = False

    @property
    def labels(self) -> list[str]:
        """The tags, sorted; numbers by value."""
        return self._tags

    def learn(self, train: Iterable[Row]) -> None:
        """Collect the tags of the training rows.

        Raises:
            UserError: a tag is misspelt, or `metric` is none of the names there are.
        """
        counts = Counter(str(tag) for row in train for tag in row["tags"])
        fallback = OUTSIDE if OUTSIDE in counts else max(counts, key=lambda tag: counts[tag])
        self._set_tags(sorted(counts, key=by_value), fallback)

    def restore(self, config: PreTrainedConfig) -> None:
        """Read the tags from a tuned model's configuration."""
        tags = names_in_config(config, _NAME)
        self._set_tags(tags, getattr(config, "fallback_tag", tags[0]))

    def _set_tags(self, tags: list[str], fallback: str) -> None:
        self._tags, self._fallback = tags, tags.index(fallback)
        self._number_of = {tag: number for number, tag in enumerate(tags)}
        self._marks_spans = mark_spans(tags)
        if self._label_all:
            within = (going_on(tag, tags) for tag in tags)
            self._tag_within = dict(enumerate(self._number_of[tag] for tag in within))
        must_be_among(self._metric, self.metrics(), _NAME)

    def suit(self, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase) -> str:
        """Any model that transformers has such a head for; a decoder sees what stands before.

        Raises:
            UserError: transformers has none, as for BART.
        """
        if config.model_type not in MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES:
            raise UserError(
                f"model.base: transformers has no token classification with `{config.model_type}`. "
                "Use an encoder such as BERT, or a decoder such as Qwen."
            )
        return "AutoModelForTokenClassification"

    def model_settings(self) -> dict[str, Any]:
        """The tags, in the form transformers keeps them; the one of words that have no piece."""
        return {**class_settings(self._tags), "fallback_tag": self._tags[self._fallback]}

    def encode(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> EncodedBatch:
        """The pieces of each window; at the first of each word its number, and its tag's."""
        before, behind = surroundings(tokenizer)
        room = max_length - len(before) - len(behind)
        edges = {
            "input_ids": (before, behind),
            _WORDS: ([_NO_WORD] * len(before), [_NO_WORD] * len(behind)),
            TARGETS: ([UNKNOWN] * len(before), [UNKNOWN] * len(behind)),
        }
        batch = EncodedBatch({name: [] for name in edges}, {}, [], [])
        sentences = word_pieces([words_of(row) for row in rows], tokenizer)
        parts = [0] * len(rows)
        for number, (row, words) in enumerate(zip(rows, sentences, strict=True)):
            for example in self._examples(words, self._numbers(row, len(words)), room):
                for name, (first, last) in edges.items():
                    batch.tokens[name].append([*first, *example[name][:room], *last])
                batch.full_lengths.append(max_length - room + len(example["input_ids"]))
                batch.ids.append(row.id)
                parts[number] += 1
        batch.parts = parts
        return batch

    def _numbers(self, row: Row, count: int) -> list[int]:
        tags = row.get("tags")
        if tags is None:
            return [UNKNOWN] * count
        return [self._number_of.get(str(tag), UNKNOWN) for tag in tags]

    def _examples(
        self, words: Sequence[Pieces], tags: Sequence[int], room: int
    ) -> Iterator[dict[str, list[int]]]:
        """The columns of each window that asks for any word."""
        for window in windows([len(pieces) for pieces in words], room, self._overlap):
            ids, numbers, asked = [], [], []
            for i in range(window.start, window.stop):
                if not words[i]:
                    continue
                is_asked = window.answers_from <= i < window.answers_to
                tag, more = tags[i] if is_asked else UNKNOWN, len(words[i]) - 1
                ids += words[i]
                numbers += [i if is_asked else _NO_WORD, *[_NO_WORD] * more]
                asked += [tag, *[self._tag_within.get(tag, UNKNOWN)] * more]
            if max(numbers, default=_NO_WORD) != _NO_WORD:
                yield {"input_ids": ids, _WORDS: numbers, TARGETS: asked}

    def must_learn(self, train: Encoded) -> None:
        """Make sure that every row has a word that the tokenizer has a piece for.

        Raises:
            UserError: some have none.
        """
        blank = np.flatnonzero(train.parts == 0)
        if len(blank):
            raise UserError(
                f"{counted(len(blank), 'training row')} without a word that the model can see, the "
                f"first of them row {blank[0] + 1} of the train split. Take them out."
            )

    def collate(self, encoded: Encoded, rows: Indices, padding: Mapping[str, int]) -> Batch:
        """`input_ids`, `attention_mask`, `words` and `labels`: each (B, L).

        `words` holds the number of the word that is asked at a position, else -1.
        """
        return padded_inputs(encoded, rows, {**padding, _WORDS: _NO_WORD, TARGETS: UNKNOWN})

    def read(self, output: torch.Tensor, batch: Batch) -> Outputs:
        """Of each example, for every word it asks: the likeliest `tag`, and its `share`."""
        is_asked = batch[_WORDS] != _NO_WORD
        shares, tags = output[is_asked].softmax(dim=-1).max(dim=-1)
        found = np.empty(len(tags), _ANSWER)
        found["tag"], found["share"] = tags.cpu().numpy(), shares.cpu().numpy()
        return np.split(found, is_asked.sum(dim=1).cumsum(dim=0)[:-1].cpu().numpy())

    def answers(
        self,
        outputs: Outputs,
        replies: Sequence[Any] | None,
        encoded: Encoded,
        rows: Iterable[Row],
    ) -> Answers:
        """The likeliest tag of each word; of a row of plain text, its words and entities too."""
        references, predictions, scores = [], [], []
        more: list[dict[str, Any]] = []
        stops = np.cumsum(encoded.parts)
        known = {tag: tag for tag in self._tags}  # one object a tag, however many words have it
        for row, start, stop in zip(rows, stops - encoded.parts, stops, strict=True):
            words = words_of(row)
            found = self._found(outputs, encoded, range(start, stop), len(words))
            tags = [self._tags[number] for number in found["tag"].tolist()]
            references.append([known.get(str(t), str(t)) for t in row.get("tags") or ()])
            predictions.append(tags)
            scores.append(found["share"].min(initial=1))
            more.append(self._shown(row, words, found))
        types = entity_types(self._tags) if self._marks_spans else self._tags
        shown = more if any(more) else ()
        return TagAnswers(references, predictions, types, np.array(scores), shown)

    def _found(
        self, outputs: Outputs, encoded: Encoded, examples: range, count: int
    ) -> NDArray[Any]:
        """The answers to the words of one row, from the windows it was read in."""
        found = np.zeros(count, _ANSWER)
        found["tag"], found["share"] = self._fallback, 1
        for example in examples:
            start, stop = encoded.offsets[example : example + 2]
            numbers = encoded.tokens[_WORDS][start:stop]
            found[numbers[numbers != _NO_WORD]] = outputs[example]
        return found

    def _shown(self, row: Row, words: list[str], found: NDArray[Any]) -> dict[str, Any]:
        """What a prediction says of plain text: the words it was split into, and the entities."""
        if row.get("tokens") is not None:
            return {}
        shown: dict[str, Any] = {"tokens": words}
        if self._marks_spans:
            tags = [self._tags[number] for number in found["tag"].tolist()]
            places = split_words(row["text"])
            shown["entities"] = entities_in(row["text"], places, tags, found["share"])
        return shown

    def render(self, row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int) -> str:
        """The tokens of each window as text, and the words with the tags the loss asks for."""
        seen = self.encode([row], tokenizer, max_length).tokens["input_ids"]
        pairs = zip(words_of(row), row.get("tags") or (), strict=False)
        asked = " ".join(f"{word}/{tag}" for word, tag in pairs)
        return f"{' | '.join(str(tokenizer.decode(ids)) for ids in seen)} → [{asked}]"

    def metrics(self) -> list[Metric[Any]]:
        """The standard set for entities; the share of words alone where tags mark no spans."""
        return tag_metrics() if self._marks_spans else metrics_of(["token_accuracy"])

    @property
    def primary(self) -> str:
        """What the recipe names; else F1 of entities, or the share of words that were right."""
        return self._metric or ("span_f1" if self._marks_spans else "token_accuracy")

    @property
    def asked(self) -> Sequence[Sequence[str]]:
        """Sentences in words, or texts that are split into words."""
        return [["tokens"], ["text"]]
