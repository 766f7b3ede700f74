"""The row-by-row cleaners of a recipe, for rows that come later, such as those to predict."""

from collections.abc import Callable, Sequence
from typing import Any

from luthier.core.config import MENUS
from luthier.core.records import Row
from luthier.data.cleaner import RowCleaner, Tally


def repairer(clean: Sequence[Any]) -> Callable[[Row], Row | None]:
    """A function that does to one row what `clean` did to the training rows.

    Cleaners that compare rows with each other, such as drop_duplicates, are left out: every row
    that is asked about gets an answer. None comes back for a row in which no text was found.
    """
    built = [
        (MENUS["clean"].build(choice), MENUS["clean"].resolve(choice).name) for choice in clean
    ]
    cleaners = [(c, Tally(name)) for c, name in built if isinstance(c, RowCleaner)]

    def repair(row: Row) -> Row | None:
        repaired: Row | None = row
        for cleaner, tally in cleaners:
            if repaired is None:
                return None
            repaired = cleaner.repair(repaired, tally)
        return repaired

    return repair
