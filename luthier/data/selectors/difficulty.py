"""The rows that are hard for a model, or easy, or between: by loss, perplexity or IFD."""

from collections.abc import Iterator
from typing import Annotated, Literal, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from luthier.core.chunks import chunks
from luthier.data.selection.asked import prompt_and_answer
from luthier.data.selection.head import held_out_losses, standardised
from luthier.data.selection.pool import Pool
from luthier.data.selector import Count, RowShare, Selector, Tokens

ASKER = "data.select.difficulty"
_BATCH = 256


@final
class Difficulty(Selector):
    """Rows by how hard a model finds them.

    Args:
        count: budget.
        share: budget.
        tokens: budget.
        measure: `loss`: -log p of the label by a linear head on the frozen model that was fitted
            on the other rows (5 folds). `perplexity`: of the text under a language model. `ifd`:
            the mean loss of the answer after its prompt over that of the answer alone (Li et al.,
            2024); rows above 1, whose prompt does not help the answer, are never chosen.
        prefer: `hard`, `easy`, or `middle`: closest to the median.
        model: that is asked; else the recipe's.
    """

    def __init__(
        self,
        *,
        count: Count = None,
        share: RowShare = None,
        tokens: Tokens = None,
        measure: Annotated[
            Literal["loss", "perplexity", "ifd"], Field(description="of what is hard")
        ] = "loss",
        prefer: Literal["hard", "easy", "middle"] = "hard",
        model: Annotated[str | None, Field(description="else the recipe's")] = None,
    ):
        super().__init__(count=count, share=share, tokens=tokens)
        self._measure, self._prefer, self._model = measure, prefer, model

    def order(self, pool: Pool) -> Iterator[int]:
        """By difficulty; rows that have none, such as an empty text's perplexity, are left out."""
        found = {"loss": self._losses, "perplexity": self._perplexities, "ifd": self._ifd}
        scores = found[self._measure](pool)
        known = np.flatnonzero(np.isfinite(scores))
        if self._measure == "ifd":
            known = known[scores[known] <= 1]
        if not len(known):
            return iter(())
        told = scores[known]
        keys = {"hard": -told, "easy": told, "middle": np.abs(told - np.median(told))}
        return iter(known[np.argsort(keys[self._prefer], kind="stable")].tolist())

    def _losses(self, pool: Pool) -> NDArray[np.float64]:
        _, codes = pool.classes(ASKER)
        features = standardised(pool.vectors(ASKER, self._model))
        return held_out_losses(features, codes, pool.generator(self.name))

    def _perplexities(self, pool: Pool) -> NDArray[np.float64]:
        measure = pool.means.lend(ASKER).perplexity(pool.named(ASKER, self._model))
        found = [measure(batch) for batch in chunks(pool.texts(), _BATCH)]
        return np.concatenate([np.empty(0), *found])

    def _ifd(self, pool: Pool) -> NDArray[np.float64]:
        measure = pool.means.lend(ASKER).answer_losses(pool.named(ASKER, self._model))
        found = [np.empty(0)]
        for batch in chunks((prompt_and_answer(row, ASKER) for row in pool.rows()), _BATCH):
            losses = measure([prompt for prompt, _ in batch], [answer for _, answer in batch])
            with np.errstate(divide="ignore", invalid="ignore"):
                found.append(losses[:, 0] / losses[:, 1])
        return np.concatenate(found)
