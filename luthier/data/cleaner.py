"""What is repaired or dropped: the contract of `cleaners/`, and the tally each of them keeps."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from luthier.core.records import Row

MAX_EXAMPLES = 5


@dataclass(slots=True)
class Tally:
    """What one cleaner did: how many rows came in, changed, were dropped and why, with examples."""

    name: str
    rows_in: int = 0
    changed: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[Row, Row | None]] = field(default_factory=list)
    on_drop: Callable[[Row, str, str | None], None] | None = None

    @property
    def rows_out(self) -> int:
        """How many rows went on."""
        return self.rows_in - self.dropped.total()

    def change(self, before: Row, after: Row) -> None:
        """Count a row that is no longer as it came."""
        self.changed += 1
        self._show(before, after)

    def drop(self, row: Row, reason: str, because_of: str | None = None) -> None:
        """Count a row that goes no further; `because_of` is the id of the row it repeats."""
        self.dropped[reason] += 1
        self._show(row, None)
        if self.on_drop is not None:
            self.on_drop(row, reason, because_of)

    def note(self, what: str) -> None:
        """Count something worth knowing, such as the charset a text was read as."""
        self.notes[what] += 1

    def _show(self, before: Row, after: Row | None) -> None:
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append((before, after))


class Cleaner(ABC):
    """Rows in, rows out, in order and as a stream; what it does to them it tells the tally.

    A cleaner that has to see all rows before it can judge one spools them to `scratch`, so that
    memory stays flat. It never lets a row vanish uncounted.
    """

    @abstractmethod
    def clean(self, rows: Iterable[Row], tally: Tally, scratch: Path) -> Iterator[Row]:
        """Yield the rows that stay, repaired."""


class RowCleaner(Cleaner):
    """A cleaner that judges each row by itself."""

    @abstractmethod
    def repair(self, row: Row, tally: Tally) -> Row | None:
        """The row as it should be (itself, if nothing is wrong); None after `tally.drop`."""

    def clean(self, rows: Iterable[Row], tally: Tally, scratch: Path) -> Iterator[Row]:
        """Yield what `repair` makes of each row, and count it."""
        for row in rows:
            tally.rows_in += 1
            repaired = self.repair(row, tally)
            if repaired is None:
                continue
            if repaired is not row:
                tally.change(row, repaired)
            yield repaired
