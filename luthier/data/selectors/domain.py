"""Rows drawn so that their words are those of a target corpus (importance resampling, DSIR)."""

from collections.abc import Iterator
from typing import Annotated, final

import numpy as np
from pydantic import Field

from luthier.core.errors import UserError
from luthier.data.duplicates.shingles import text_of
from luthier.data.selection.importance import NgramWeights
from luthier.data.selection.pool import Pool
from luthier.data.selector import Count, RowShare, Selector, Tokens


@final
class Domain(Selector):
    """Rows drawn without replacement, each as likely as its importance weight (Xie et al., 2023).

    The weight is how much likelier the row's words and word pairs are in the target corpus than
    among all rows; in Chinese a word is a character. The k largest of log w + Gumbel noise are a
    draw of k without replacement (Vieira, 2014). Long rows have more extreme weights.

    Args:
        count: budget.
        share: budget.
        tokens: budget.
        target: file, folder or catalog:name of rows of the target domain; else validation rows.
        buckets: that words and word pairs are hashed into.
    """

    def __init__(
        self,
        *,
        count: Count = None,
        share: RowShare = None,
        tokens: Tokens = None,
        target: Annotated[str | None, Field(description="else the validation rows")] = None,
        buckets: Annotated[int, Field(ge=2, description="of hashed n-grams")] = 10_000,
    ):
        super().__init__(count=count, share=share, tokens=tokens)
        self._target, self._buckets = target, buckets

    def order(self, pool: Pool) -> Iterator[int]:
        """A weighted draw without replacement.

        Raises:
            UserError: there is no target row.
        """
        aims = [text_of(row.fields) for row in pool.wanted(self._target)]
        if not aims:
            raise UserError(
                "data.select.domain: there are no target rows. Split validation rows off, or name "
                "a `target`."
            )
        weights = NgramWeights(self._buckets)
        weights.fit(pool.texts(), aims)
        drawn = weights.weigh(pool.texts()) + pool.generator(self.name).gumbel(size=pool.size)
        return iter(np.argsort(-drawn, kind="stable").tolist())
