"""Rows by chance: what every other selector has to beat."""

from collections.abc import Iterator
from typing import final

from luthier.data.selection.pool import Pool
from luthier.data.selector import Count, RowShare, Selector, Tokens


@final
class Random(Selector):
    """Every set of rows of the budget's size is as likely as any other."""

    def __init__(self, *, count: Count = None, share: RowShare = None, tokens: Tokens = None):
        super().__init__(count=count, share=share, tokens=tokens)

    def order(self, pool: Pool) -> Iterator[int]:
        """A random permutation."""
        return iter(pool.generator(self.name).permutation(pool.size).tolist())
