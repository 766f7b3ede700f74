"""Rows that differ: far from each other, or each standing for many, by a model's vectors."""

from collections.abc import Iterator
from typing import Annotated, Literal, final

from pydantic import Field

from luthier.data.selection.coverage import most_covering
from luthier.data.selection.pool import Pool
from luthier.data.selection.spread import farthest_first, in_parts, unit_vectors
from luthier.data.selector import Count, RowShare, Selector, Tokens


@final
class Diverse(Selector):
    """Greedy on the mean vectors of a frozen model, less their mean, of length 1.

    Args:
        count: budget.
        share: budget.
        tokens: budget.
        method: `k_center` takes whichever row is farthest from all chosen (Sener and Savarese,
            2018): it covers the rare, outliers first. `facility_location` takes whichever row
            makes the chosen most like all others (Mirzasoleiman et al., 2020): it covers the many.
        model: whose vectors; else the recipe's.
        part_rows: of more rows, parts of this size are chosen from by turns (GreeDi).
    """

    def __init__(
        self,
        *,
        count: Count = None,
        share: RowShare = None,
        tokens: Tokens = None,
        method: Literal["k_center", "facility_location"] = "k_center",
        model: Annotated[str | None, Field(description="else the recipe's")] = None,
        part_rows: Annotated[int, Field(ge=2, description="compared with each other")] = 16_384,
    ):
        super().__init__(count=count, share=share, tokens=tokens)
        self._greedy = farthest_first if method == "k_center" else most_covering
        self._model = model
        self._part_rows = part_rows

    def order(self, pool: Pool) -> Iterator[int]:
        """Begin with a random row for k-center, with the most central for facility location."""
        vectors = pool.vectors("data.select.diverse", self._model)
        shuffled = pool.generator(self.name).permutation(pool.size)
        units = unit_vectors(vectors, shuffled, pool.scratch)
        places = in_parts(units, self._part_rows, self._greedy)
        return (int(shuffled[place]) for place in places)
