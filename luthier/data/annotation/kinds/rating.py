"""A number on a scale for each row."""

from collections.abc import Hashable, Sequence
from typing import Annotated, Any, ClassVar, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.core.records import Fields, Row
from luthier.data.annotation.kind import Kind, Level, Value
from luthier.data.annotation.labels import keys_of
from luthier.data.parsing.values import kind

MAX_STEPS = 101


@final
class Rating(Kind):
    """{"score": 4}, from `low` to `high` in steps of one."""

    name: ClassVar[str] = "rating"
    title: ClassVar[str] = "a rating"
    hides: ClassVar[tuple[str, ...]] = ("score", "label")
    level: ClassVar[Level] = "ordinal"

    def __init__(
        self,
        *,
        low: Annotated[int, Field(description="the least")] = 1,
        high: Annotated[int, Field(description="the most")] = 5,
    ):
        if not low < high <= low + MAX_STEPS - 1:
            raise UserError(f"rating: `high` is above `low` by 1 to {MAX_STEPS - 1}.")
        self.low = low
        self.high = high

    @property
    def labels(self) -> Sequence[str]:
        """The numbers of the scale."""
        return [str(score) for score in range(self.low, self.high + 1)]

    def check(self, value: Any, fields: Fields) -> Value:
        """The score, if it is a step of the scale.

        Raises:
            ValueError: it is none.
        """
        (score,) = keys_of(value, "score")
        if isinstance(score, bool) or not isinstance(score, int | float):
            raise ValueError(f"the score is {kind(score)} instead of a number")
        if not self.low <= score <= self.high or score != int(score):
            raise ValueError(f"the score is a whole number from {self.low} to {self.high}")
        return {"score": int(score)}

    def read(self, fields: Fields) -> Value | None:
        """The row's `score`, if it is a step of the scale."""
        score = fields.get("score")
        if score is None or not self.low <= score <= self.high or score != int(score):
            return None
        return {"score": int(score)}

    def rows(self, row: Row, value: Value) -> list[Row]:
        """The row with this `score`; the row itself if it has it already."""
        return [row if self.read(row.fields) == value else row.derive(score=float(value["score"]))]

    def unit(self, value: Value) -> Hashable:
        """The score."""
        score: int = value["score"]
        return score

    def labels_in(self, value: Value) -> list[str]:
        """The score, as text."""
        return [str(value["score"])]

    def distance(self, first: Value, second: Value) -> float:
        """The share of the scale that lies between the two."""
        apart: int = abs(first["score"] - second["score"])
        return apart / (self.high - self.low)
