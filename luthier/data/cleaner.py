"""What is repaired or dropped: the contract of `cleaners/`, and the tally each of them keeps."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from luthier.core.chunks import chunks
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.lent import Models

MAX_EXAMPLES = 5
_BATCH = 256  # rows that are judged together


def as_it_is(row: Row) -> Row:
    """The row, all of which may be shown."""
    return row


@dataclass(slots=True)
class Tally:
    """What one cleaner did: how many rows came in, changed, were dropped and why, with examples.

    What reports must not show, `conceal` takes out of the examples before they are kept.
    """

    name: str
    rows_in: int = 0
    changed: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[Row, Row | None]] = field(default_factory=list)
    on_drop: Callable[[Row, str, str | None], None] | None = None
    conceal: Callable[[Row], Row] = as_it_is

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
            shown = None if after is None else self.conceal(after)
            self.examples.append((self.conceal(before), shown))


class Cleaner(ABC):
    """Rows in, rows out, in order and as a stream; what it does to them it tells the tally.

    A cleaner that has to see all rows before it can judge one spools them to `scratch`, so that
    memory stays flat. It never lets a row vanish uncounted.

    Attributes:
        spares_held_out: rows that come from a source of their own for validation or test pass by.
    """

    spares_held_out: ClassVar[bool] = False

    @abstractmethod
    def clean(self, rows: Iterable[Row], tally: Tally, scratch: Path) -> Iterator[Row]:
        """Yield the rows that stay, repaired."""

    def conceal(self, row: Row) -> Row:
        """The row as reports may show it: without what this cleaner takes out for good reason."""
        return row


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


class Filter(Cleaner):
    """A cleaner that changes nothing: rows stay or go, each judged by itself, many at a time."""

    @abstractmethod
    def reasons(self, rows: Sequence[Row], tally: Tally) -> Sequence[str | None]:
        """Why each row goes, in the words the report counts it under; None if it stays."""

    def clean(self, rows: Iterable[Row], tally: Tally, scratch: Path) -> Iterator[Row]:
        """Yield the rows for which there is no reason to go."""
        for batch in chunks(rows, _BATCH):
            tally.rows_in += len(batch)
            for row, reason in zip(batch, self.reasons(batch, tally), strict=True):
                if reason is None:
                    yield row
                else:
                    tally.drop(row, reason)


class ModelFilter(Filter):
    """A filter that asks a model, where its options name one."""

    @property
    @abstractmethod
    def asks(self) -> str | None:
        """The option that names a model, such as `keep_quality.model`; None if none does."""

    @abstractmethod
    def open(self, models: Models) -> None:
        """Take the model on loan; called once, before the first row, if `asks` is not None."""

    def borrow(self, models: Models | None) -> None:
        """Take what its options name on loan from whoever has models.

        Raises:
            UserError: nobody lends any, or there is no such model.
        """
        if self.asks is None:
            return
        if models is None:
            raise UserError(
                f"{self.asks}: names a model, and nobody lends one. Use `luthier prepare`, or "
                "hand `prepare` its `models`, such as `luthier.evaluation.lending.Lender()`."
            )
        self.open(models)
