"""The recipe: every choice of a run in one small file, checked whole before anything costs time."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from luthier.core.errors import Mistake, RecipeError
from luthier.core.registry import Menu, schema_mistakes
from luthier.core.secrets import unsecret
from luthier.core.yaml import dump_yaml, load_yaml, parse_value

MENUS = MappingProxyType(
    {
        "source": Menu("luthier.data.sources"),
        "format": Menu("luthier.data.formats"),
        "clean": Menu("luthier.data.cleaners"),
        "augment": Menu("luthier.data.augmenters"),
        "select": Menu("luthier.data.selectors"),
        "task": Menu("luthier.tasks.library"),
        "adapter": Menu("luthier.models.adapters"),
        "objective": Menu("luthier.training.objectives"),
        "optimizer": Menu("luthier.training.optimizers"),
        "schedule": Menu("luthier.training.schedules"),
        "callbacks": Menu("luthier.training.callbacks"),
        "rewards": Menu("luthier.scoring.rewards"),
    }
)
"""Where the choice for a key of the recipe is picked from; `luthier menu` shows the same."""


def _as_list(written: Any) -> Any:
    return [written] if isinstance(written, str | Mapping) else written


_LISTS = ("source", "clean", "augment", "select", "callbacks")

AnyChoice = str | dict[str, dict[str, Any] | None]
"""How YAML writes a choice; `Choice.parse` reads it, the key's menu validates it."""
ChoiceList = Annotated[list[AnyChoice], BeforeValidator(_as_list)]
Share = Annotated[float, Field(ge=0, lt=1)]
Address = Annotated[str, AfterValidator(unsecret)]
"""A path, `prefix:name` or URL, which is written down wherever the recipe is."""


class Section(BaseModel):
    """A part of the recipe: unknown keys are refused, values are plain YAML."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class SplitSection(Section):
    """Which rows are kept apart to choose by (validation) and to judge by (test)."""

    validation: Share | str = Field(0.1, description="a share of the rows, or a source of its own")
    test: Share | str = Field(0.2, description="a share of the rows, or a source of its own")
    group: str | None = Field(None, description="column whose equal values stay in one split")
    stratify: bool = Field(False, description="keep each label's share equal in every split")

    @model_validator(mode="after")
    def _hold_no_secret(self) -> "SplitSection":
        for value in (self.validation, self.test):
            if isinstance(value, str):
                unsecret(value)
        return self

    @model_validator(mode="after")
    def _leave_rows_to_train_on(self) -> "SplitSection":
        shares = [value for value in (self.validation, self.test) if isinstance(value, float)]
        if sum(shares) >= 1:
            raise ValueError(f"validation and test together take {sum(shares):.0%} of the rows")
        return self


class RehearseSection(Section):
    """Old rows that are mixed into the training rows, so that a model forgets less of its past."""

    source: Annotated[list[Address], BeforeValidator(_as_list)] = Field(
        description="file, folder or catalog:name of rows of the same fields"
    )
    share: float = Field(1.0, gt=0, le=1, description="of the old rows, chosen by identity")


class DataSection(Section):
    """Where rows come from and what is done to them before training."""

    source: ChoiceList = Field(description="file, folder, catalog:name, or a list that is mixed")
    format: AnyChoice | None = Field(None, description="shape of the rows; else recognised")
    columns: dict[str, str] = Field({}, description="canonical field -> column that holds it")
    clean: ChoiceList = Field([], description="cleaners, in order")
    augment: ChoiceList = Field([], description="augmenters; each adds rows to training")
    select: ChoiceList = Field([], description="selectors, in order; the rest is not trained on")
    split: SplitSection = SplitSection()  # type: ignore[call-arg]  # pydantic fills the defaults
    rehearse: RehearseSection | None = Field(None, description="old rows to train on as well")


class ModelSection(Section):
    """The pretrained model."""

    base: str = Field(description="catalog:name, a folder, or a hub id")
    max_length: int = Field(256, ge=8, description="tokens a row may have; the rest is cut off")
    dropout: Share | None = Field(None, description="everywhere; else as the model came")


class TrainingSection(Section):
    """The loop's settings, by the field's own names."""

    learning_rate: float = Field(5e-5, gt=0)
    num_epochs: int = Field(3, ge=1)
    max_steps: int | None = Field(None, ge=1, description="stop here, whatever num_epochs says")
    batch_size: int = Field(32, ge=1, description="rows per optimizer step, over all devices")
    micro_batch_size: int | Literal["auto"] = Field(
        "auto", description="rows per forward pass; auto: what half the memory holds"
    )
    parallel: Literal["data", "sharded"] = Field(
        "data", description="what several processes divide: the rows, or the weights as well (FSDP)"
    )
    optimizer: AnyChoice = "adamw"
    schedule: AnyChoice = "linear"
    warmup_steps: float = Field(0.06, ge=0, description="steps, or below 1 a share of all steps")
    max_grad_norm: float | None = Field(1.0, gt=0, description="gradients are scaled to this norm")
    precision: Literal["auto", "fp32", "fp32_onednn", "bf16"] = Field(
        "auto", description="auto: the fastest that keeps the loss; bf16 if native, in short runs"
    )
    prefix_cache_gb: float = Field(
        10.0, ge=0, description="disk for what frozen layers say of the rows; 0: no cache"
    )
    log_every: int = Field(10, ge=1, description="steps between lines of metrics.jsonl")
    save_every: int | None = Field(
        None,
        ge=1,
        description="steps between checkpoints; else at ends of epochs, 20 s apart or more",
    )


class RunSection(Section):
    """Where the results go, and what makes them repeatable."""

    folder: str | None = Field(None, description="else runs/<name of the recipe>")
    seed: int = Field(7, ge=0, lt=2**32)
    language: Literal["en", "zh"] = Field("en", description="of report and model card")
    map_model: str | None = Field(
        None, description="catalog:name, folder or hub id that maps topics; else TF-IDF does"
    )


class Recipe(Section):
    """A whole run. Only `task`, `data.source` and `model.base` have no default."""

    task: AnyChoice
    data: DataSection
    model: ModelSection
    adapter: AnyChoice = "full"
    objective: AnyChoice = "supervised"
    training: TrainingSection = TrainingSection()  # type: ignore[call-arg]
    callbacks: ChoiceList = ["keep_best"]
    run: RunSection = RunSection()  # type: ignore[call-arg]

    def resolved(self) -> dict[str, Any]:
        """The recipe with every default written out, options of the choices included."""
        tree = self.model_dump(mode="json")
        for section, key in _choice_keys(type(self)):
            holder = tree if section is None else tree[section]
            menu, written = MENUS[key], holder[key]
            if isinstance(written, list):
                holder[key] = [_resolve(menu, key, item) for item in written]
            elif written is not None:
                holder[key] = _resolve(menu, key, written)
        return tree


def _resolve(menu: Menu, key: str, written: Any) -> Any:
    if key == "source" and isinstance(written, str):
        return written
    return menu.resolve(written).written()


def read_recipe(
    recipe: Path | str | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    schema: type[Recipe] = Recipe,
) -> Recipe:
    """Read a recipe from a file or a dict, apply `key.path=value` overrides, check all of it.

    Raises:
        RecipeError: with every mistake in it, each with its place and the nearest right name.
        UserError: the file is missing or is not YAML.
    """
    if isinstance(recipe, Mapping):
        origin, tree = "The recipe", _copy(recipe)
    else:
        origin, tree = str(recipe), load_yaml(Path(recipe))
        tree.setdefault("run", {})
        if isinstance(tree["run"], dict):
            tree["run"].setdefault("folder", f"runs/{Path(recipe).stem}")
    mistakes = [
        mistake for override in overrides if (mistake := _override(tree, override)) is not None
    ]
    mistakes += _structure_mistakes(tree, schema) + _choice_mistakes(tree, schema)
    if mistakes:
        raise RecipeError(origin, mistakes)
    return schema.model_validate(tree)


def write_recipe(recipe: Recipe) -> str:
    """The resolved recipe as YAML; training with it repeats the run."""
    return dump_yaml(recipe.resolved())


def _copy(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _copy(value) if isinstance(value, Mapping) else value for key, value in tree.items()
    }


def _override(tree: dict[str, Any], override: str) -> Mistake | None:
    path, equals, text = override.partition("=")
    if not equals or not path:
        return Mistake("--set", f"write key.path=value, not {override!r}.")
    *parents, last = path.split(".")
    place = tree
    for part in parents:
        inner = place.setdefault(part, {})
        if isinstance(inner, str):  # `adapter: lora` opens up for `adapter.lora.rank=8`
            inner = place[part] = {inner: {}}
        if not isinstance(inner, dict):
            return Mistake("--set", f"{path}: `{part}` holds no keys of its own.")
        place = inner
    place[last] = parse_value(text)
    return None


def _structure_mistakes(tree: Any, schema: type[Recipe]) -> list[Mistake]:
    try:
        schema.model_validate(tree)
    except ValidationError as error:
        unions = {f"{section}.{key}" if section else key for section, key in _choice_keys(schema)}
        mistakes = schema_mistakes(error, schema, "")
        # A malformed choice is told by its menu, in better words than a union's.
        return [m for m in mistakes if not _below(m.place, unions) or m.sentence == "is required."]
    return []


def _below(place: str, paths: Iterable[str]) -> bool:
    return any(place == path or place.startswith(path + ".") for path in paths)


def _choice_mistakes(tree: Any, schema: type[Recipe]) -> list[Mistake]:
    mistakes: list[Mistake] = []
    for section, key in _choice_keys(schema):
        holder = tree if section is None else tree.get(section, {})
        if not isinstance(holder, Mapping) or holder.get(key) is None:
            continue
        place = f"{section}.{key}" if section else key
        written = _as_list(holder[key]) if key in _LISTS else holder[key]
        items = written if isinstance(written, list) else [written]
        for item in items:
            if key == "source" and isinstance(item, str):
                # A path, or a prefix that data/open.py reads; it is written down all the same.
                mistakes += _secrets(item, place)
                continue
            mistakes += MENUS[key].mistakes(item, place)
    return mistakes


def _secrets(address: str, place: str) -> list[Mistake]:
    try:
        unsecret(address)
    except ValueError as error:
        return [Mistake(place, str(error))]
    return []


def _choice_keys(
    schema: type[BaseModel], section: str | None = None
) -> list[tuple[str | None, str]]:
    found: list[tuple[str | None, str]] = []
    for key, info in schema.model_fields.items():
        if inspect.isclass(info.annotation) and issubclass(info.annotation, Section):
            found += _choice_keys(info.annotation, key)
        elif key in MENUS:
            found.append((section, key))
    return found
