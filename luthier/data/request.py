"""What `prepare` is asked for: a recipe, its data section, or nothing but sources."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from luthier.core.config import (
    AnyChoice,
    ChoiceList,
    DataSection,
    ModelSection,
    Recipe,
    TrainingSection,
    read_recipe,
)
from luthier.core.errors import RecipeError
from luthier.core.yaml import load_yaml

RecipeOrSources = Recipe | DataSection | Mapping[str, Any] | Sequence[str] | str | Path

_RECIPES = (".yaml", ".yml")
_LATER = {"task", "adapter", "objective", "training", "callbacks"}


class Preparation(Recipe):
    """A recipe of which only `data.source` is needed, and nothing is read that loads torch."""

    task: AnyChoice | None = None  # type: ignore[assignment]  # wider on purpose, as below
    model: ModelSection | None = None  # type: ignore[assignment]
    adapter: AnyChoice | None = None  # type: ignore[assignment]
    objective: AnyChoice | None = None  # type: ignore[assignment]
    training: TrainingSection | None = None  # type: ignore[assignment]
    callbacks: ChoiceList = Field(default_factory=list)


def read_request(asked: RecipeOrSources, overrides: Sequence[str] = ()) -> Preparation:
    """Read what was asked for.

    A string or path is a recipe if it ends in .yaml or .yml, else a source; a list is of sources.
    Of a recipe only the sections that rows depend on are looked at.

    Raises:
        RecipeError: with every mistake in it.
        UserError: the recipe file is missing or is not YAML.
    """
    if isinstance(asked, Recipe):
        return Preparation(data=asked.data, model=asked.model, run=asked.run)
    if isinstance(asked, DataSection):
        return Preparation(data=asked)
    if isinstance(asked, Mapping):
        return _read("The recipe", asked, overrides)
    if isinstance(asked, str | Path):
        if is_recipe(asked):
            return _read(str(asked), load_yaml(Path(asked)), overrides)
        asked = [str(asked)]
    return _read("The command", {"data": {"source": list(asked)}}, overrides)


def is_recipe(path: str | Path) -> bool:
    """Whether it names a recipe file rather than a source."""
    return str(path).lower().endswith(_RECIPES)


def _read(origin: str, tree: Mapping[str, Any], overrides: Sequence[str]) -> Preparation:
    early = {key: value for key, value in tree.items() if key not in _LATER}
    try:
        read = read_recipe(early, overrides, schema=Preparation)
    except RecipeError as error:
        raise RecipeError(origin, error.mistakes) from None
    assert isinstance(read, Preparation)
    return read
