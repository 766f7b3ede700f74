"""The cleaners of a recipe run one after the other, each with a tally of what it did."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from luthier.core.config import MENUS
from luthier.core.records import Row
from luthier.data.cleaner import Cleaner, ModelFilter, Tally
from luthier.data.duplicates.shingles import text_of
from luthier.data.lent import Models
from luthier.data.text.readable import clip

OnDrop = Callable[[Row, str, str, str | None], None]
"""Told of every row that goes no further: the row, the step, the reason, the row it repeats."""

_LEAD = 60
_HELD_OUT = ("validation", "test")


class Pipeline:
    """Cleaners in order. Each origin of rows gets cleaners of its own; the tallies are shared.

    So a row of the test split's own source is never dropped for repeating a row of training.
    """

    def __init__(
        self,
        choices: Sequence[Any],
        on_drop: OnDrop | None = None,
        models: Models | None = None,
    ):
        self._choices = [MENUS["clean"].resolve(choice) for choice in choices]
        self.tallies = [Tally(choice.name) for choice in self._choices]
        self._models = models
        self.rows_in = 0
        conceal = partial(_concealed, self._hiding())
        for tally in self.tallies:
            tally.conceal = conceal
            if on_drop is not None:
                tally.on_drop = partial(_of_step, on_drop, tally.name)

    def clean(self, rows: Iterable[Row], scratch: Path, split: str | None = None) -> Iterator[Row]:
        """Yield the rows that all cleaners let pass; call it once for each origin of rows.

        Args:
            rows: of one origin.
            scratch: an existing folder; what is written there stays until the caller removes it.
            split: the split these rows are all of, if they come from a source of its own.
        """
        cleaned = self._counted(rows)
        for choice, tally in zip(self._choices, self.tallies, strict=True):
            cleaner: Cleaner = MENUS["clean"].build(choice)
            if isinstance(cleaner, ModelFilter):
                cleaner.borrow(self._models)
            folder = Path(mkdtemp(dir=scratch, prefix=f"{choice.name}-"))
            spared = cleaner.spares_held_out and split in _HELD_OUT
            step = _passed if spared else cleaner.clean
            cleaned = step(cleaned, tally, folder)
        return cleaned

    def check(self, rows_out: int) -> None:
        """Hold the tallies against each other: no row may vanish uncounted."""
        counts = [self.rows_in]
        for tally in self.tallies:
            assert tally.rows_in == counts[-1], f"{tally.name} was not given every row"
            counts.append(tally.rows_out)
        assert rows_out == counts[-1], f"{rows_out} rows came out, {counts[-1]} are accounted for"

    def _hiding(self) -> list[Cleaner]:
        """The cleaners that take out what no step's examples may show either."""
        menu = MENUS["clean"]
        hiding = [c for c in self._choices if menu.get(c.name).conceal is not Cleaner.conceal]
        return [menu.build(choice) for choice in hiding]

    def _counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows_in += 1
            yield row


def step_report(tally: Tally) -> dict[str, Any]:
    """A tally as report.json tells it."""
    return {
        "name": tally.name,
        "rows_in": tally.rows_in,
        "rows_out": tally.rows_out,
        "changed": tally.changed,
        "dropped": dict(tally.dropped),
        "notes": dict(tally.notes),
        "examples": [example(before, after) for before, after in tally.examples],
    }


def _passed(rows: Iterable[Row], tally: Tally, _: Path) -> Iterator[Row]:
    for row in rows:
        tally.rows_in += 1
        yield row


def _of_step(
    on_drop: OnDrop, step: str, row: Row, reason: str, because_of: str | None = None
) -> None:
    on_drop(row, step, reason, because_of)


def _concealed(cleaners: Sequence[Cleaner], row: Row) -> Row:
    for cleaner in cleaners:
        row = cleaner.conceal(row)
    return row


def example(before: Row, after: Row | None) -> dict[str, str | None]:
    """A row before and after a step, as reports show it: the place where the two differ."""
    first, second = text_of(before.fields), text_of(after.fields) if after else None
    if after is not None and first == second:  # another field was changed
        first, second = str(dict(before.fields)), str(dict(after.fields))
    start = max(0, _first_difference(first, second) - _LEAD) if second is not None else 0
    return {"before": clip(first, start), "after": None if second is None else clip(second, start)}


def _first_difference(first: str, second: str) -> int:
    pairs = zip(first, second, strict=False)
    unequal = (place for place, (a, b) in enumerate(pairs) if a != b)
    return next(unequal, min(len(first), len(second)))
