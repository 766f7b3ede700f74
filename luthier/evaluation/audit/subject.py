"""What is audited: the rows of a run, of a dataset, or of anything else that has rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from luthier.core.config import read_recipe
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.core.runs import Run
from luthier.data.dataset import Dataset
from luthier.data.open import read_rows
from luthier.evaluation.dynamics import NAME, Dynamics

MODEL, MAX_LENGTH = "catalog:minilm", 256
"""What makes features of rows, where no run says."""

Placed = tuple[str, Row]
"""The split of a row (empty where there are none), and the row."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Rows that are looked at.

    Attributes:
        name: what the user called them.
        rows: opens the stream of rows anew; rows that augmenters made are left out.
        output: where the findings go, unless the user says.
        source: what `luthier annotate` is to be called with.
        model: makes features of the rows.
        max_length: tokens it reads of a row.
        dynamics: of the run, where there is one that recorded them.
    """

    name: str
    rows: Callable[[], Iterator[Placed]]
    output: Path
    source: str
    model: str = MODEL
    max_length: int = MAX_LENGTH
    dynamics: Dynamics | None = None


def open_subject(written: str) -> Subject:
    """What is there under a name: a run folder, a dataset folder, or a source of rows.

    Raises:
        UserError: there is nothing, or it cannot be read.
        DataRefused: the dataset cannot be trained on.
    """
    path = Path(written).expanduser()
    if (path / "recipe.yaml").is_file():
        return _of_run(written, Run.open(path))
    if Dataset.is_dataset(path):
        dataset = Dataset.open(path)
        return Subject(written, lambda: _placed(dataset), path, written)
    reading = read_rows([written])

    def rows() -> Iterator[Placed]:
        return (("", row) for row in reading.rows())

    plain = path.stem or written.rpartition(":")[2]
    return Subject(written, rows, path.with_name(f"{plain}-audit"), written)


def _of_run(written: str, run: Run) -> Subject:
    if not Dataset.is_dataset(run.data):
        raise UserError(f"{run.folder}: has no rows yet. Start it with `luthier train`.")
    dataset, recipe = Dataset.open(run.data), read_recipe(run.recipe)
    return Subject(
        name=written,
        rows=lambda: _placed(dataset),
        output=run.folder / "audit",
        source=str(run.data),
        model=recipe.model.base,
        max_length=recipe.model.max_length,
        dynamics=Dynamics.read(run.folder / NAME),
    )


def _placed(dataset: Dataset) -> Iterator[Placed]:
    for split in dataset.splits:
        yield from ((split, row) for row in dataset.collected(split))
