"""The work of `luthier predict`: rows in, the same rows with predictions out."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from luthier.core.chunks import chunks
from luthier.core.config import read_recipe
from luthier.core.errors import UserError, silent
from luthier.core.files import new_file
from luthier.core.records import Row
from luthier.core.runs import Run
from luthier.data.dataset import Dataset
from luthier.data.open import SAMPLE_ROWS, open_source
from luthier.data.recognise import recognise
from luthier.data.repair import repairer
from luthier.data.source import Found, Source
from luthier.evaluation.int8_cost import quantise
from luthier.evaluation.predict import WINDOW, Model, load
from luthier.tasks.task import TARGET_FIELDS

STANDARD = "-"
Say = Callable[[str], None]


def predict_file(
    folder: Path, source: str, output: str, *, int8: bool = False, say: Say = silent
) -> int:
    """Predict every row of a source.

    Rows are repaired as the training rows were, so raw mails may go in. A row in which no text is
    found gets `"prediction": null`.

    Args:
        folder: of the run.
        source: a file, folder or catalog entry; `-` is standard input, jsonl or a text a line.
        output: a jsonl file, written whole or not at all; `-` is standard output.
        int8: round the model's weights to 8 bits first, and say what that costs.
        say: takes lines for people.

    Returns:
        how many rows there were.

    Raises:
        UserError: no such run or source, rows without text, or `int8` on a machine with a GPU.
    """
    model = _rounded(load(folder), folder, say) if int8 else load(folder)
    recipe = read_recipe(Run.open(folder).recipe)
    repair = repairer(recipe.data.clean)
    count = 0
    with _opened(source) as rows, _written(output) as file:
        columns = _columns(rows, source, recipe.data.columns, model.task.asked)
        for window in chunks(rows.rows(), WINDOW):
            repaired = [repair(Row(_fields(found, columns))) for found in window]
            answers = _answers(model, repaired)
            for found, answer in zip(window, answers, strict=True):
                line = json.dumps({**_readable(found.fields), **answer}, ensure_ascii=False)
                file.write(line.encode("utf-8") + b"\n")
            count += len(window)
    return count


def _rounded(model: Model, folder: Path, say: Say) -> Model:
    rounded, cost = quantise(model, Dataset.open(Run.open(folder).data))
    unknown = "int8: the run has no validation rows to tell by what it costs."
    say(unknown if cost is None else cost.sentence)
    return rounded


def _answers(model: Model, rows: list[Row | None]) -> Iterator[dict[str, Any]]:
    """The answers to a window; None where there is nothing to ask."""
    predictions = model.predict([row for row in rows if row is not None])
    for row in rows:
        yield {"prediction": None, "score": None} if row is None else next(predictions)


def _columns(
    rows: Source, source: str, wanted: dict[str, str], asked: Sequence[Sequence[str]]
) -> dict[str, str]:
    """Which columns hold what the model is asked; targets, if there are any, are left out."""
    sample = [found.fields for found in islice(rows.rows(), SAMPLE_ROWS)]
    there = {column for fields in sample for column in fields}
    known = {f: c for f, c in wanted.items() if f not in TARGET_FIELDS and c in there}
    columns = dict(recognise(sample, source, columns=known).columns)
    needed = next((fields for fields in asked if all(f in columns for f in fields)), None)
    if needed is None:
        raise UserError(
            f"{source}: has no {' and '.join(asked[0])}. Name the column in "
            f"data.columns.{asked[0][0]}."
        )
    more = [field for field in ("text_pair", "tools") if field in columns]
    return {field: columns[field] for field in [*needed, *more]}


def _fields(found: Found, columns: dict[str, str]) -> dict[str, Any]:
    fields = {field: found.fields.get(column) for field, column in columns.items()}
    for field, value in fields.items():
        if not isinstance(value, str | list):
            raise UserError(f"{found.place}: `{columns[field]}` is {value!r}, not text.")
    return fields


def _readable(fields: dict[str, Any]) -> dict[str, Any]:
    """Undecodable bytes, which came as lone surrogates, as the sign for what cannot be read."""
    return {
        name: value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
        for name, value in fields.items()
    }


@contextmanager
def _opened(source: str) -> Iterator[Source]:
    """The source; standard input is spooled first, since its shape takes a first look."""
    if source != STANDARD:
        yield open_source(source)
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        with path.open("rb") as file:
            reader = "jsonl" if file.read(64).lstrip().startswith(b"{") else "txt"
        yield open_source({"file": {"path": str(path), "reader": reader}})


@contextmanager
def _written(output: str) -> Iterator[BinaryIO]:
    if output == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with new_file(Path(output)) as file:
            yield file
