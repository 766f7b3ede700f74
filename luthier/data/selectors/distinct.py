"""One of each group of rows that mean the same: duplicates by a model's vectors."""

from collections.abc import Iterator
from typing import Annotated, final

import numpy as np
from pydantic import Field

from luthier.data.selection.copies import copies
from luthier.data.selection.pool import Pool
from luthier.data.selection.spread import unit_vectors
from luthier.data.selector import Count, RowShare, Selector, Tokens


@final
class Distinct(Selector):
    """Rows without an earlier one that means the same (SemDeDup: Abbas et al., 2023).

    Two rows mean the same if the cosine of their vectors, less the mean of all, is above the
    threshold. It needs no budget; with one, chance chooses among the rows that are left.

    Args:
        count: budget, if there is to be one.
        share: budget, if there is to be one.
        tokens: budget, if there is to be one.
        threshold: cosine above which two rows mean the same.
        model: whose vectors; else the recipe's.
    """

    needs_budget = False

    def __init__(
        self,
        *,
        count: Count = None,
        share: RowShare = None,
        tokens: Tokens = None,
        threshold: Annotated[float, Field(gt=0, le=1, description="cosine")] = 0.95,
        model: Annotated[str | None, Field(description="else the recipe's")] = None,
    ):
        super().__init__(count=count, share=share, tokens=tokens)
        self._threshold, self._model = threshold, model

    def order(self, pool: Pool) -> Iterator[int]:
        """The distinct ones, in random order."""
        vectors = pool.vectors("data.select.distinct", self._model)
        units = unit_vectors(vectors, np.arange(pool.size), pool.scratch)
        generator = pool.generator(self.name)
        repeated = copies(units, self._threshold, int(generator.integers(2**31)))
        return iter(generator.permutation(np.flatnonzero(~repeated)).tolist())
