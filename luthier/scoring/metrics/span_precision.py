"""How many of the entities that were found are there (seqeval's precision_score)."""

from typing import Annotated, final

from pydantic import Field

from luthier.scoring.confusion import ClassCounts, Ratio
from luthier.scoring.counted import Average
from luthier.scoring.spans import STRICT, TYPE, SpanMetric


@final
class SpanPrecision(SpanMetric):
    """Precision = right / found, of entities whose type, beginning and end are right."""

    def __init__(
        self,
        *,
        average: Average = "micro",
        type: Annotated[str | None, Field(description=TYPE)] = None,
        strict: Annotated[bool, Field(description=STRICT)] = False,
    ):
        super().__init__("span_precision", average, type, strict)

    def ratio(self, counts: ClassCounts) -> Ratio:
        """Numerator and denominator per type: each (B, T)."""
        return counts.precision()
