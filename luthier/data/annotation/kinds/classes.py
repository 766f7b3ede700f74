"""One label for each row, of a few to choose from."""

from collections.abc import Hashable, Sequence
from typing import Annotated, Any, ClassVar, final

from pydantic import Field

from luthier.core.records import Fields, Row
from luthier.data.annotation.kind import Kind, Value
from luthier.data.annotation.labels import keys_of, one_of, sound


@final
class Classes(Kind):
    """{"label": "spam"}."""

    name: ClassVar[str] = "classes"
    title: ClassVar[str] = "one label"
    hides: ClassVar[tuple[str, ...]] = ("label",)

    def __init__(
        self,
        *,
        labels: Annotated[
            list[str], Field(min_length=2, description="to choose from, in the order of their keys")
        ],
    ):
        self._labels = sound(labels, "labels")

    @property
    def labels(self) -> Sequence[str]:
        """What there is to choose from."""
        return self._labels

    def check(self, value: Any, fields: Fields) -> Value:
        """The label, if there is such a one.

        Raises:
            ValueError: there is none.
        """
        (label,) = keys_of(value, "label")
        return {"label": one_of(label, self._labels)}

    def read(self, fields: Fields) -> Value | None:
        """The row's `label`, also a list of one."""
        label = fields.get("label")
        if isinstance(label, list):
            label = label[0] if len(label) == 1 else None
        return {"label": str(label)} if label is not None and str(label) in self._labels else None

    def rows(self, row: Row, value: Value) -> list[Row]:
        """The row with this `label`; the row itself if it has it already."""
        return [row if self.read(row.fields) == value else row.derive(label=value["label"])]

    def unit(self, value: Value) -> Hashable:
        """The label."""
        label: str = value["label"]
        return label

    def labels_in(self, value: Value) -> list[str]:
        """The label."""
        return [value["label"]]
