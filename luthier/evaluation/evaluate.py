"""The verb `evaluate`: a tuned model on labelled rows, with intervals and baselines."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from luthier.core.errors import UserError, did_you_mean, silent
from luthier.core.files import read_json
from luthier.core.records import Row
from luthier.core.runs import Run
from luthier.data.dataset import Dataset
from luthier.data.open import read_rows
from luthier.data.repair import repairer
from luthier.evaluation.judge import Say, judge
from luthier.evaluation.predict import load, recipe_of
from luthier.tasks.classes import written_names


def evaluate(
    run: Path | str | Run, data: Sequence[str] | str | None = None, *, say: Say = silent
) -> dict[str, Any]:
    """How good a tuned model is.

    Args:
        run: a finished run, or its folder.
        data: sources of labelled rows. Without, this returns what the test split told when the run
            ended: it is read once, so that nothing is ever chosen by it.
        say: takes lines for people.

    Returns:
        the content of evaluation.json.

    Raises:
        UserError: no such run or rows, or a label that the model does not know.
    """
    opened = run if isinstance(run, Run) else Run.open(Path(run))
    if data is None:
        opened.verdict  # noqa: B018 - complains if the run has not been judged
        found: dict[str, Any] = read_json(opened.evaluation)
        return found
    sources = [data] if isinstance(data, str) else list(data)
    recipe, model = recipe_of(opened), load(opened.folder)
    reading = read_rows(sources, format=recipe.data.format, columns=recipe.data.columns)
    for sentence in reading.sentences:
        say(sentence)
    repair = repairer(recipe.data.clean)

    def rows() -> Iterator[Row]:
        return (row for found in reading.rows() if (row := repair(found)) is not None)

    _must_be_known(rows(), model.task.labels, sources)
    dataset = Dataset.open(opened.data)
    found, _ = judge(model, model.encode(rows()), rows, dataset, recipe, say)
    return {"split": ", ".join(sources), **found}


def _must_be_known(rows: Iterable[Row], known: Sequence[str], sources: Sequence[str]) -> None:
    count, labels = 0, set[str]()
    for row in rows:
        count += 1
        if row.get("label") is not None:
            labels.update(written_names(row["label"]))
    if not count:
        raise UserError(f"{', '.join(sources)}: no rows to judge by.")
    strange = sorted(labels - set(known)) if known else []
    if strange:
        raise UserError(
            f"{', '.join(sources)}: the model knows no label `{strange[0]}`"
            f"{f' (nor {len(strange) - 1} more)' if len(strange) > 1 else ''}. "
            f"{did_you_mean(strange[0], known)}"
        )
