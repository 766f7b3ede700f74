"""The rows that a finished run found ambiguous, hard or easy while it trained on them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, final

import numpy as np
from pydantic import Field

from luthier.core.errors import UserError
from luthier.data.selection.dynamics import read_dynamics
from luthier.data.selection.pool import Pool
from luthier.data.selector import Count, RowShare, Selector, Tokens


@final
class Cartography(Selector):
    """Rows by the training dynamics of a run (dataset cartography: Swayamdipta et al., 2020).

    Over the epochs, confidence is the mean probability of a row's own label and variability its
    standard deviation. Rows that the run did not train on are never chosen.

    Args:
        count: budget.
        share: budget.
        tokens: budget.
        run: folder of a run on these rows.
        region: `ambiguous`: highest variability; `hard`: lowest confidence, where wrong labels
            gather; `easy`: highest confidence.
    """

    def __init__(
        self,
        *,
        count: Count = None,
        share: RowShare = None,
        tokens: Tokens = None,
        run: Annotated[str, Field(description="folder of a run on these rows")],
        region: Literal["ambiguous", "hard", "easy"] = "ambiguous",
    ):
        super().__init__(count=count, share=share, tokens=tokens)
        self._run, self._region = Path(run), region

    def order(self, pool: Pool) -> Iterator[int]:
        """The clearest cases of the region first.

        Raises:
            UserError: the run has recorded no dynamics, or of none of these rows.
        """
        column, sign = {
            "ambiguous": ("variability", -1),
            "hard": ("confidence", 1),
            "easy": ("confidence", -1),
        }[self._region]
        told = read_dynamics(self._run, column)
        found = np.array([told.get(row.id, np.nan) for row in pool.rows()])
        known = np.flatnonzero(~np.isnan(found))
        if pool.size and not len(known):
            raise UserError(
                f"data.select.cartography.run: {self._run} trained on none of these rows. Name a "
                "run on the same data, cleaned and split the same way."
            )
        return iter(known[np.argsort(sign * found[known], kind="stable")].tolist())
