"""Which training rows are worth it: the contract of `selectors/`, and the budget of each."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from luthier.core.errors import UserError
from luthier.data.selection.pool import Numbers, Pool

Count = Annotated[int | None, Field(ge=1, description="budget: so many training rows")]
RowShare = Annotated[float | None, Field(gt=0, le=1, description="budget: of the training rows")]
Tokens = Annotated[int | None, Field(ge=1, description="budget: tokens of the recipe's model")]


@dataclass(frozen=True, slots=True)
class Budget:
    """How many rows may be chosen: one of the three is given, or none for all that are worth it."""

    count: int | None = None
    share: float | None = None
    tokens: int | None = None

    @property
    def given(self) -> int:
        """How many of the three are given."""
        return sum(part is not None for part in (self.count, self.share, self.tokens))

    def cut(self, order: Iterable[int], pool: Pool) -> Numbers:
        """The first rows of an order that the budget pays for, read no further than needed.

        Of tokens, rows are paid for until one does not fit.

        Raises:
            UserError: not one row fits into the tokens.
        """
        if self.tokens is not None:
            return self._paid(order, pool.lengths(), self.tokens)
        most = pool.size if self.count is None else self.count
        if self.share is not None:
            most = max(1, round(self.share * pool.size))
        return np.fromiter(islice(order, most), np.int64)

    def _paid(self, order: Iterable[int], lengths: NDArray[np.int64], tokens: int) -> Numbers:
        chosen: list[int] = []
        left = tokens
        for row in order:
            left -= int(lengths[row])
            if left < 0:
                break
            chosen.append(row)
        if not chosen:
            raise UserError(f"data.select: no row fits into {tokens:,} tokens. Allow for more.")
        return np.array(chosen, np.int64)


class Selector(ABC):
    """Training rows in an order of preference, of which the budget takes the first.

    The same pool and seed give the same order. Rows that it would never take are not in it.

    Attributes:
        needs_budget: whether it has no measure of its own for how many rows are enough.
    """

    needs_budget = True

    def __init__(self, *, count: int | None, share: float | None, tokens: int | None):
        self.budget = Budget(count, share, tokens)
        if self.budget.given > 1 or self.needs_budget > self.budget.given:
            raise UserError(
                f"data.select.{self.name}: give the budget as one of `count`, `share` and "
                "`tokens`, such as {share: 0.3}."
            )

    @property
    def name(self) -> str:
        """Its name in the menu."""
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def order(self, pool: Pool) -> Iterator[int]:
        """Numbers of rows of the pool, each at most once, the most wanted first.

        Raises:
            UserError: it needs a model, a field or a file that is not there.
        """

    def select(self, pool: Pool) -> Numbers:
        """(k,) the numbers of the rows that are chosen, the most wanted first."""
        return self.budget.cut(self.order(pool), pool)
