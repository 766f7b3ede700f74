"""Relations between spans in each text, from a head to a tail."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import Annotated, Any, ClassVar, TypeGuard, cast, final

from pydantic import Field

from luthier.core.records import Fields, Row
from luthier.data.annotation.kind import Compound, Level, Value
from luthier.data.annotation.labels import keys_of, list_in, one_of, sound
from luthier.data.annotation.marking import MARKERS, apart, as_json, from_json, spans_from
from luthier.data.annotation.tokens import Span, text_and_places
from luthier.data.parsing.values import kind

MAX_RELATIONS = 10_000

Related = tuple[Span, Span, str]
"""Head, tail, and what the one is to the other."""


@final
class Relations(Compound):
    """{"spans": [...], "relations": [{"head": 0, "tail": 1, "label": "works_for"}]}.

    Spans are those of `spans`; `head` and `tail` are their numbers in this answer. Each relation
    makes one row, in which its two spans are marked: `[E1] Bill [/E1] lives in [E2] Rome [/E2]`.
    """

    name: ClassVar[str] = "relations"
    title: ClassVar[str] = "relations between spans"
    hides: ClassVar[tuple[str, ...]] = ("tags", "label")
    level: ClassVar[Level] = "parts"

    def __init__(
        self,
        *,
        labels: Annotated[list[str], Field(min_length=1, description="of spans")],
        relation_labels: Annotated[list[str], Field(min_length=1, description="of relations")],
        negative: Annotated[
            str | None,
            Field(description="label of pairs that are not related; else none"),
        ] = None,
    ):
        self._labels = sound(labels, "labels")
        self._relation_labels = sound(relation_labels, "relation_labels")
        self._negative = negative

    @property
    def labels(self) -> Sequence[str]:
        """What a span may be."""
        return self._labels

    @property
    def relation_labels(self) -> Sequence[str]:
        """What a relation may be."""
        return self._relation_labels

    def refuse(self, fields: Fields) -> str:
        """Relations need a text, or tokens, without the markers that rows are written with."""
        if not {"text", "tokens"} & fields.keys():
            return "it has neither `text` nor `tokens`"
        text, _ = text_and_places(fields)
        there = next((marker for marker in MARKERS if marker in text), None)
        return f"its text holds `{there}`: its entities are marked already" if there else ""

    def show(self, fields: Fields) -> dict[str, Any]:
        """The `text`, made of its tokens where a row came in tokens, and the other fields."""
        text, _ = text_and_places(fields)
        others = super().show(fields)
        others.pop("tokens", None)
        return {**others, "text": text}

    def check(self, value: Any, fields: Fields) -> Value:
        """Spans in order, and relations by head and tail.

        Raises:
            ValueError: a span is wrong, or a relation is not between two of the spans, has no such
                label, or stands there twice.
        """
        spans, relations = keys_of(value, "spans", "relations")
        marked = spans_from(spans, fields, self._labels)
        ordered = sorted(marked)
        number = {old: ordered.index(span) for old, span in enumerate(marked)}
        found: dict[tuple[int, int], str] = {}
        for item in list_in(relations, "relations", MAX_RELATIONS):
            head, tail, label = self._one(item, len(marked))
            pair = number[head], number[tail]
            if pair in found:
                raise ValueError("two relations have the same head and the same tail")
            found[pair] = label
        return {"spans": as_json(ordered), "relations": _as_json(found)}

    def _one(self, item: Any, spans: int) -> tuple[int, int, str]:
        if not isinstance(item, dict):
            raise ValueError(f"a relation is {kind(item)} instead of an object")
        head, tail = item.get("head"), item.get("tail")
        for end in (head, tail):
            if type(end) is not int or not 0 <= end < spans:
                raise ValueError("`head` and `tail` of a relation are numbers of spans, from 0")
        assert isinstance(head, int)
        assert isinstance(tail, int)
        if head == tail:
            raise ValueError("a relation needs two spans")
        return head, tail, one_of(item.get("label"), self._relation_labels, "relation")

    def read(self, fields: Fields) -> Value | None:
        """Nothing: no row holds unmarked spans and their relations."""
        return None

    def rows(self, row: Row, value: Value) -> list[Row]:
        """A row of marked `text` and `label` for each relation; all derived from this one."""
        text, _ = text_and_places(row.fields)
        spans = from_json(value["spans"])
        return [
            row.derive(text=_marked(text, spans[i], spans[j]), label=label, tokens=None, tags=None)
            for i, j, label in self._pairs(value)
        ]

    def _pairs(self, value: Value) -> Iterator[tuple[int, int, str]]:
        related = {(r["head"], r["tail"]): r["label"] for r in value["relations"]}
        for pair in permutations(range(len(value["spans"])), 2):
            if pair in related:
                yield *pair, related[pair]
            elif self._negative is not None and pair[::-1] not in related and pair[0] < pair[1]:
                yield *pair, self._negative

    def unit(self, value: Value) -> Hashable:
        """All spans and all relations."""
        return self.parts(value)

    def parts(self, value: Value) -> frozenset[Hashable]:
        """Each span, and each relation by its two spans."""
        spans = from_json(value["spans"])
        relations = {(spans[r["head"]], spans[r["tail"]], r["label"]) for r in value["relations"]}
        return frozenset(spans) | frozenset(relations)

    def whole(self, parts: Sequence[Hashable]) -> Value:
        """The spans, of two that overlap the surer; and the relations between those that stay."""
        found = cast(Sequence[Span | Related], parts)
        spans = sorted(apart([part for part in found if _is_span(part)]))
        number = {span: i for i, span in enumerate(spans)}
        relations: dict[tuple[int, int], str] = {}
        for head, tail, label in filter(_is_relation, found):
            if head in number and tail in number:
                relations.setdefault((number[head], number[tail]), label)
        return {"spans": as_json(spans), "relations": _as_json(relations)}

    def labels_in(self, value: Value) -> list[str]:
        """The label of each span, then of each relation."""
        return [part["label"] for part in [*value["spans"], *value["relations"]]]


def _marked(text: str, head: Span, tail: Span) -> str:
    marks = zip((head, tail), (MARKERS[:2], MARKERS[2:]), strict=True)
    for (start, end, _), (opening, closing) in sorted(marks, reverse=True):
        text = f"{text[:start]}{opening} {text[start:end]} {closing}{text[end:]}"
    return text


def _is_relation(part: Span | Related) -> TypeGuard[Related]:
    return isinstance(part[0], tuple)


def _is_span(part: Span | Related) -> TypeGuard[Span]:
    return isinstance(part[0], int)


def _as_json(relations: Mapping[tuple[int, int], str]) -> list[dict[str, Any]]:
    return [
        {"head": head, "tail": tail, "label": label}
        for (head, tail), label in sorted(relations.items())
    ]
