"""As many rows of each label, as far as they go."""

from collections.abc import Iterator
from typing import final

from luthier.data.selection.pool import Pool
from luthier.data.selection.rounds import by_turns
from luthier.data.selector import Count, RowShare, Selector, Tokens


@final
class Balanced(Selector):
    """Labels take turns, each with a random row of its own; one without rows left is passed over.

    With a budget below the number of labels, chance chooses which of them have a row.
    """

    def __init__(self, *, count: Count = None, share: RowShare = None, tokens: Tokens = None):
        super().__init__(count=count, share=share, tokens=tokens)

    def order(self, pool: Pool) -> Iterator[int]:
        """Turn by turn."""
        _, codes = pool.classes("data.select.balanced")
        return iter(by_turns(codes, pool.generator(self.name)).tolist())
