"""Any number of labels for each row, of a few to choose from."""

from collections.abc import Hashable, Sequence
from typing import Annotated, Any, ClassVar, final

from pydantic import Field

from luthier.core.records import Fields, Row
from luthier.data.annotation.kind import Compound, Level, Value
from luthier.data.annotation.labels import in_order, keys_of, list_in, one_of, sound


@final
class LabelSets(Compound):
    """{"labels": ["politics", "sport"]}, in the order in which they are offered."""

    name: ClassVar[str] = "label_sets"
    title: ClassVar[str] = "several labels"
    hides: ClassVar[tuple[str, ...]] = ("label",)
    level: ClassVar[Level] = "sets"

    def __init__(
        self,
        *,
        labels: Annotated[
            list[str], Field(min_length=1, description="to choose from, in the order of their keys")
        ],
        at_least: Annotated[int, Field(ge=0, description="labels that a row has to get")] = 0,
    ):
        self._labels = sound(labels, "labels")
        self._at_least = at_least

    @property
    def labels(self) -> Sequence[str]:
        """What there is to choose from."""
        return self._labels

    def check(self, value: Any, fields: Fields) -> Value:
        """The labels, each once.

        Raises:
            ValueError: there is no such label, or too few are chosen.
        """
        (chosen,) = keys_of(value, "labels")
        chosen = [one_of(item, self._labels) for item in list_in(chosen, "labels", 10_000)]
        labels = in_order(chosen, self._labels)
        if len(labels) < self._at_least:
            raise ValueError(f"choose at least {self._at_least}")
        return {"labels": labels}

    def read(self, fields: Fields) -> Value | None:
        """The row's `label`: a list, or a single one."""
        label = fields.get("label")
        if label is None:
            return None
        held = [str(item) for item in (label if isinstance(label, list) else [label])]
        if not set(held) <= set(self._labels):
            return None
        return {"labels": in_order(held, self._labels)}

    def rows(self, row: Row, value: Value) -> list[Row]:
        """The row with the list as its `label`; the row itself if it has those already."""
        return [row if self.read(row.fields) == value else row.derive(label=value["labels"])]

    def unit(self, value: Value) -> Hashable:
        """The set of labels."""
        return frozenset(value["labels"])

    def parts(self, value: Value) -> frozenset[Hashable]:
        """Each label by itself."""
        return frozenset(value["labels"])

    def whole(self, parts: Sequence[Hashable]) -> Value:
        """The labels."""
        return {"labels": in_order((str(part) for part in parts), self._labels)}

    def labels_in(self, value: Value) -> list[str]:
        """The labels."""
        return list(value["labels"])

    def distance(self, first: Value, second: Value) -> float:
        """Jaccard's: the share of the labels of either that only one of them has."""
        a, b = self.parts(first), self.parts(second)
        return 1 - len(a & b) / len(a | b) if a or b else 0.0
