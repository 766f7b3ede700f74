"""The rows that selectors are compared on: a dataset folder as it is, or a recipe's, prepared."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from luthier.core.errors import UserError
from luthier.core.page import Language
from luthier.data.dataset import Dataset
from luthier.data.prepare import prepare
from luthier.data.request import is_recipe, read_request
from luthier.data.selection.pool import DEFAULT_LENGTH
from luthier.data.source import OnProgress
from luthier.evaluation.lending import Lender


@dataclass(frozen=True, slots=True)
class Opened:
    """Rows to choose from, and the frozen model to judge by."""

    dataset: Dataset
    model: str
    max_length: int
    language: Language


@contextmanager
def opened(asked: Path, model: str | None, on_progress: OnProgress) -> Iterator[Opened]:
    """A dataset folder, or the rows of a recipe without its own `select` and `augment`.

    Args:
        asked: a dataset folder or a recipe.
        model: to judge by; else the recipe's.
        on_progress: told while a recipe's rows are prepared.

    Raises:
        UserError: it is neither, or no model is named.
    """
    if not is_recipe(asked):
        if model is None:
            raise UserError(f"{asked}: a dataset names no model. Say --model catalog:minilm.")
        yield Opened(Dataset.open(asked), model, DEFAULT_LENGTH, "en")
        return
    request = read_request(asked)
    base = model or (request.model.base if request.model else None)
    if base is None:
        raise UserError(f"{asked}: names no model.base to judge by. Say --model catalog:minilm.")
    plain = request.data.model_copy(update={"select": [], "augment": []})
    with TemporaryDirectory() as folder:
        dataset = prepare(
            request.model_copy(update={"data": plain}),
            Path(folder) / "rows",
            models=Lender(),
            on_progress=on_progress,
        )
        length = request.model.max_length if request.model else DEFAULT_LENGTH
        yield Opened(dataset, base, length, request.run.language)
