"""The best rows, as a classifier of one's own or a language model's perplexity judges them."""

from collections.abc import Iterator
from typing import Annotated, final

import numpy as np
from pydantic import Field

from luthier.core.chunks import chunks
from luthier.core.errors import UserError
from luthier.data.selection.pool import Pool
from luthier.data.selector import Count, RowShare, Selector, Tokens

_BATCH = 1024


@final
class Quality(Selector):
    """Rows by falling probability of the good labels, or by rising perplexity.

    The classifier is a run of text_classification that was tuned on good and bad examples. A text
    without perplexity, for it has hardly a token, comes last. Equals are drawn by chance.

    Args:
        count: budget.
        share: budget.
        tokens: budget.
        run: folder of the run whose classifier judges.
        labels: of its labels, those that mean good.
        perplexity: the language model that is asked instead, such as catalog:smollm2-135m.
    """

    def __init__(
        self,
        *,
        count: Count = None,
        share: RowShare = None,
        tokens: Tokens = None,
        run: Annotated[str | None, Field(description="of a tuned classifier")] = None,
        labels: Annotated[tuple[str, ...], Field(description="those that mean good")] = (),
        perplexity: Annotated[str | None, Field(description="or a language model")] = None,
    ):
        super().__init__(count=count, share=share, tokens=tokens)
        if (run is None) == (perplexity is None) or (run is None) == bool(labels):
            raise UserError(
                "data.select.quality: name who judges: either `run` and its good `labels`, or "
                "`perplexity` with a language model."
            )
        self._run, self._labels, self._perplexity = run, labels, perplexity

    def order(self, pool: Pool) -> Iterator[int]:
        """The best first."""
        models = pool.means.lend("data.select.quality")
        if self._run is not None:
            measure = models.probability(self._run, self._labels)
        else:
            assert self._perplexity is not None
            measure = models.perplexity(self._perplexity)
        found = [np.empty(0), *(measure(batch) for batch in chunks(pool.texts(), _BATCH))]
        badness = np.concatenate(found) * (1 if self._run is None else -1)
        lots = pool.generator(self.name).permutation(pool.size)
        return iter(np.lexsort((lots, badness)).tolist())
