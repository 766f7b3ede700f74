"""The selectors of a recipe at work on the training rows, and who was not chosen by whom."""

from collections.abc import Sequence
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from luthier.core.config import MENUS
from luthier.data.selection.pool import Numbers, Pool
from luthier.data.selector import Selector

STEP = "select"
FIRST_CODE = -5
"""In place of a split's number: not chosen by the first selector; one less by the next."""


@final
class Selecting:
    """Selectors one after another, each choosing from what the one before it left.

    Raises:
        UserError: a selector's options do not fit each other.
    """

    def __init__(self, choices: Sequence[Any]):
        self._selectors: list[Selector] = [MENUS["select"].build(choice) for choice in choices]

    def codes(self, pool: Pool) -> NDArray[np.int8]:
        """(N,) 0 for rows that all selectors chose, else the code of the one that did not.

        Raises:
            UserError: a selector needs what is not there.
        """
        found = np.zeros(pool.size, np.int8)
        places: Numbers = np.arange(pool.size)
        for number, selector in enumerate(self._selectors):
            if not pool.size:
                break
            pool.on_progress(STEP, 0, pool.size)
            is_chosen = np.zeros(pool.size, np.bool_)
            is_chosen[selector.select(pool)] = True
            found[places[~is_chosen]] = FIRST_CODE - number
            pool, places = pool.narrowed(np.flatnonzero(is_chosen)), places[is_chosen]
        return found

    def reason(self, code: int) -> str:
        """Why rows of this code are not trained on."""
        return f"not chosen by {self._selectors[FIRST_CODE - code].name}"
