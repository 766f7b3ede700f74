"""What is added to the training rows: the contract of `augmenters/`, and the tally of each."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random
from typing import Annotated, Any

from pydantic import Field

from luthier.core.chunks import chunks
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.lent import Models

MAX_EXAMPLES = 5

Share = Annotated[float, Field(gt=0, le=1, description="of the training rows that get copies")]
Copies = Annotated[int, Field(ge=1, le=100, description="of each of these rows")]
Changes = Mapping[str, Any] | str
"""The fields of a new row that differ from its parent's; or, as a phrase, why there is none."""

UNCHANGED = "nothing in it to change"


@dataclass(slots=True)
class Added:
    """What one augmenter did: rows it saw and chose, rows it made, and why others did not come.

    Attributes:
        rows_in: training rows.
        chosen: those of them that were to get copies.
        added: new rows that are in the training split now.
        left_out: why others are not -> how many.
        notes: what else is worth knowing -> how often.
        examples: a few parents with the row made of each.
    """

    name: str
    rows_in: int = 0
    chosen: int = 0
    added: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[Row, Row]] = field(default_factory=list)

    def show(self, parent: Row, row: Row) -> None:
        """Keep the first few for the report."""
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append((parent, row))


@dataclass(frozen=True, slots=True)
class Means:
    """What augmenters are given to work with.

    Attributes:
        seed: of the run.
        models: opens models; None where nobody lends any.
    """

    seed: int
    models: Models | None = None

    def lend(self, what: str) -> Models:
        """The lender of models.

        Raises:
            UserError: there is none.
        """
        if self.models is None:
            raise UserError(
                f"{what} needs a model, and nobody lends one here. Use `luthier prepare` or "
                "`luthier train`, or hand `models=` to prepare()."
            )
        return self.models


@dataclass(frozen=True, slots=True)
class Seed:
    """A row that is to have a copy, and all the chance that the copy may take.

    Attributes:
        row: the parent.
        number: 63 bits, a function of (seed of the run, augmenter, id of the row, which copy).
    """

    row: Row
    number: int

    def dice(self) -> Random:
        """Chance that depends on nothing but `number`."""
        return Random(self.number)


class Augmenter(ABC):
    """Training rows in, new rows out, as a stream; each knows its parent.

    Which rows get copies, and what a copy looks like, is a function of (seed of the run, augmenter,
    row): the same row gives the same copies wherever it stands and whatever stands beside it.
    Labels survive: what would lose its label is left out, and counted.
    """

    at_once = 256
    """How many copies are made in one call."""
    asks = False
    """Whether it asks a model, which takes time or money."""

    def __init__(self, *, share: float, copies: int):
        self.share, self.copies = share, copies

    @property
    def name(self) -> str:
        """Its name in the menu."""
        return type(self).__module__.rpartition(".")[2]

    def begin(self, rows: Iterable[Row], means: Means) -> None:  # noqa: B027 - most need nothing
        """Get ready before the first row, and say what it is going to cost.

        Args:
            rows: all training rows, to be read at most once.
            means: as for `augment`.

        Raises:
            UserError: what it needs is not there, or it would cost more than it may.
        """

    @abstractmethod
    def make(self, seeds: Sequence[Seed], tally: Added) -> Iterable[Changes]:
        """What becomes of each seed, in order."""

    def augment(self, rows: Iterable[Row], means: Means, tally: Added) -> Iterator[tuple[Row, Row]]:
        """Yield each parent with a row that was made of it.

        The new row is derived from its parent, and from what the parent was collected as.
        """
        for seeds in chunks(self.seeds(rows, means.seed, tally), self.at_once):
            for seed, changes in zip(seeds, self.make(seeds, tally), strict=True):
                parent = seed.row
                if isinstance(changes, str):
                    tally.left_out[changes] += 1
                    continue
                made = Row({**parent.fields, **changes}, (*parent.derived_from, parent.id))
                if made.id == parent.id:
                    tally.left_out[UNCHANGED] += 1
                else:
                    yield parent, made

    def seeds(self, rows: Iterable[Row], seed: int, tally: Added) -> Iterator[Seed]:
        """The copies that are to be made."""
        limit = self.share * 2**63
        for row in rows:
            tally.rows_in += 1
            if _number(seed, self.name, row.id, "share") >= limit:
                continue
            tally.chosen += 1
            for copy in range(self.copies):
                yield Seed(row, _number(seed, self.name, row.id, copy))


def _number(*key: object) -> int:
    """63 bits that depend on the key alone."""
    text = ":".join(map(str, key))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
