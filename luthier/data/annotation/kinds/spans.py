"""Spans in each text (entities), each with a label."""

from collections.abc import Hashable, Sequence
from typing import Annotated, Any, ClassVar, cast, final

from pydantic import Field

from luthier.core.records import Fields, Row
from luthier.data.annotation.kind import Compound, Level, Value
from luthier.data.annotation.labels import keys_of, sound
from luthier.data.annotation.marking import apart, as_json, from_json, spans_from, spans_held
from luthier.data.annotation.tokens import Span, places_of, tags_of, text_and_places


@final
class Spans(Compound):
    """{"spans": [{"start": 0, "end": 4, "label": "PER"}]}: characters, in order, no overlap.

    A row becomes tokens and tags (IOB2). Texts are cut into words, signs, and single characters of
    scripts without spaces such as Chinese; no token lies across the edge of a span.
    """

    name: ClassVar[str] = "spans"
    title: ClassVar[str] = "spans"
    hides: ClassVar[tuple[str, ...]] = ("tags", "label")
    level: ClassVar[Level] = "parts"

    def __init__(
        self,
        *,
        labels: Annotated[
            list[str], Field(min_length=1, description="to choose from, in the order of their keys")
        ],
    ):
        self._labels = sound(labels, "labels")

    @property
    def labels(self) -> Sequence[str]:
        """What there is to choose from."""
        return self._labels

    def refuse(self, fields: Fields) -> str:
        """Spans need a text, or tokens."""
        return "" if {"text", "tokens"} & fields.keys() else "it has neither `text` nor `tokens`"

    def show(self, fields: Fields) -> dict[str, Any]:
        """The `text`, made of its tokens where a row came in tokens, and the other fields."""
        text, _ = text_and_places(fields)
        others = super().show(fields)
        others.pop("tokens", None)
        return {**others, "text": text}

    def check(self, value: Any, fields: Fields) -> Value:
        """The spans in order; in a row of tokens each grows to the whole tokens it touches.

        Raises:
            ValueError: one is not within the text, has no such label, or two overlap.
        """
        (spans,) = keys_of(value, "spans")
        return {"spans": as_json(sorted(spans_from(spans, fields, self._labels)))}

    def read(self, fields: Fields) -> Value | None:
        """The spans that the row's `tags` say."""
        spans = spans_held(fields, self._labels)
        return None if spans is None else {"spans": as_json(spans)}

    def rows(self, row: Row, value: Value) -> list[Row]:
        """The row in `tokens`, with `tags`; the row itself if it says so already."""
        if self.read(row.fields) == value:
            return [row]
        spans = from_json(value["spans"])
        text, places = text_and_places(row.fields)
        if places is not None:
            return [row.derive(tags=tags_of(places, spans))]
        places = places_of(text, (edge for span in spans for edge in span[:2]))
        tokens = [text[start:end] for start, end in places]
        return [row.derive(text=None, tokens=tokens, tags=tags_of(places, spans))]

    def unit(self, value: Value) -> Hashable:
        """All spans."""
        return self.parts(value)

    def parts(self, value: Value) -> frozenset[Hashable]:
        """Each span with its label."""
        return frozenset(from_json(value["spans"]))

    def whole(self, parts: Sequence[Hashable]) -> Value:
        """The spans; of two that overlap the surer."""
        return {"spans": as_json(sorted(apart(cast(Sequence[Span], parts))))}

    def labels_in(self, value: Value) -> list[str]:
        """The label of each span."""
        return [span["label"] for span in value["spans"]]
