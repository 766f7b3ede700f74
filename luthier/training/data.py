"""The rows of a run: prepared into its folder, taken over from a dataset, or there already."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from luthier.core.config import Recipe
from luthier.core.errors import UserError
from luthier.core.files import new_folder
from luthier.core.registry import Choice
from luthier.data.dataset import Dataset, write_run_manifest
from luthier.data.open import read_rows
from luthier.data.prepare import prepare
from luthier.data.storage.manifest import NAME as MANIFEST
from luthier.evaluation.lending import Lender
from luthier.models.load import load_tokenizer

Say = Callable[[str], None]


def open_data(
    recipe: Recipe, shapes: Sequence[Sequence[str]], folder: Path, location: str, say: Say
) -> Dataset:
    """The run's dataset, in `folder`.

    A single source that is a dataset folder keeps its own splits; anything else is read, cleaned
    and split as the recipe says. A dataset that lies in `folder` already (of a run that is being
    resumed) is opened as it is.

    Args:
        recipe: says where rows come from.
        shapes: what the task needs of every row: the fields of any one of these.
        folder: the run's data folder.
        location: of the model, whose tokenizer measures the rows.
        say: takes lines for people.

    Raises:
        UserError: a source cannot be read, or its rows have not the fields.
        DataRefused: the data cannot be trained on; the report in `folder` says why.
    """
    if Dataset.is_dataset(folder):
        return Dataset.open(folder)
    source = recipe.data.source[0]
    if len(recipe.data.source) == 1 and _is_dataset(source):
        prepared = Dataset.open(str(source))
        _must_have(shapes, prepared.fields, recipe)
        return _take_over(prepared, recipe, folder, say)
    rows = [written for written in recipe.data.source if not _is_dataset(written)]
    if rows:
        reading = read_rows(rows, format=recipe.data.format, columns=recipe.data.columns)
        _must_have(shapes, reading.fields, recipe)
    counter = _counter(load_tokenizer(location))
    dataset = prepare(recipe, folder, count_tokens=counter, models=Lender())
    write_run_manifest(dataset, folder / MANIFEST)
    say(dataset.manifest.made.recognised)
    return dataset


def _is_dataset(source: object) -> bool:
    return isinstance(source, str) and Dataset.is_dataset(Path(source))


def _must_have(shapes: Sequence[Sequence[str]], there: Sequence[str], recipe: Recipe) -> None:
    if any(set(shape) <= set(there) for shape in shapes):
        return
    missing = next(field for field in shapes[0] if field not in there)
    raise UserError(
        f"data.source: {Choice.parse(recipe.task).name} needs "
        f"{' or '.join(' and '.join(f'`{name}`' for name in shape) for shape in shapes)}, and the "
        f"rows have {', '.join(there)}. Say which column it is: `columns: {{{missing}: NAME}}`."
    )


def _take_over(dataset: Dataset, recipe: Recipe, folder: Path, say: Say) -> Dataset:
    for key in ("clean", "select", "augment"):
        if getattr(recipe.data, key):
            raise UserError(
                f"data.{key}: {dataset.folder} is a dataset, cleaned and split already. Leave "
                f"`{key}` out, or name the sources it was made from."
            )
    missing = {"train", "test"} - set(dataset.splits)
    if missing:
        raise UserError(f"{dataset.folder}: a run needs a {missing.pop()} split. Prepare it anew.")
    with new_folder(folder) as copy:
        shutil.copytree(dataset.folder, copy, dirs_exist_ok=True)
        write_run_manifest(dataset, copy / MANIFEST)
    say(f"{dataset.folder}: {len(dataset):,} rows, in the splits they were prepared in.")
    return Dataset.open(folder)


def _counter(tokenizer: PreTrainedTokenizerBase) -> Callable[[Sequence[str]], list[int]]:
    def count(texts: Sequence[str]) -> list[int]:
        tokens = tokenizer(list(texts), return_attention_mask=False, verbose=False)
        return [len(ids) for ids in tokens["input_ids"]]

    return count
