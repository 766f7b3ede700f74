"""Adapters that are low-rank updates: what they share, and which linear maps get them."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from peft import LoraConfig, PeftModel
from pydantic import Field
from torch import nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from luthier.core.errors import UserError, did_you_mean
from luthier.models.adapter import Adapter
from luthier.models.head import head_modules
from luthier.models.layers import layer_stack, layer_stacks, linear_maps
from luthier.models.wrap import wrap

Rank = Annotated[int, Field(ge=1, description="of each update")]
Alpha = Annotated[float, Field(gt=0, description="updates are scaled by alpha / rank")]
Dropout = Annotated[float, Field(ge=0, lt=1, description="before each update")]
TargetModules = Annotated[
    list[str] | None,
    Field(min_length=1, description="ends of names of linear maps; else all but the head"),
]
TopLayers = Annotated[
    int | None, Field(ge=1, description="only in so many top layers; else in all")
]


@dataclass(frozen=True, slots=True)
class Targets:
    """Which linear maps a recipe wants updated.

    Attributes:
        place: where in the recipe it says so.
        modules: their names, or the ends of them; None is all in the layers.
        layers: only in so many top layers; None is in all.
    """

    place: str
    modules: Sequence[str] | None
    layers: int | None


class LowRank(Adapter):
    """Moves low-rank updates of frozen linear maps, and the head."""

    settings: ClassVar[Mapping[str, Any]] = {}
    """What makes it another kind of update, in `LoraConfig`."""

    def __init__(
        self,
        *,
        rank: Rank = 16,
        alpha: Alpha = 32,
        dropout: Dropout = 0.0,
        target_modules: TargetModules = None,
        layers: TopLayers = None,
    ):
        self._targets = Targets(self.place, target_modules, layers)
        options = {"r": rank, "lora_alpha": alpha, "lora_dropout": dropout}
        self._options: dict[str, Any] = {**options, **self.settings}

    @property
    @abstractmethod
    def place(self) -> str:
        """Where in a recipe its options stand."""

    def apply(self, model: PreTrainedModel, *, seed: int) -> PeftModel:
        """Put the updates in; the weights they update are frozen.

        Raises:
            UserError: the model has no such linear maps, or fewer layers.
        """
        return wrap(model, low_rank_config(model, self._targets, **self._options), seed=seed)


def low_rank_config(model: PreTrainedModel, targets: Targets, **options: Any) -> LoraConfig:
    """PEFT's configuration, with the targets found in the model.

    Args:
        model: not changed.
        targets: which linear maps.
        options: the other options of `LoraConfig`.

    Raises:
        UserError: no such linear map, or fewer layers.
    """
    found = layer_maps(model)
    if targets.modules is not None:
        found = named_like(found, targets.modules, f"{targets.place}.target_modules")
    if targets.layers is not None:
        top = _top_layers(model, targets.layers, f"{targets.place}.layers")
        found = {name: module for name, module in found.items() if module in top}
    transposed = any(isinstance(module, Conv1D) for module in found.values())
    return LoraConfig(target_modules=sorted(found), fan_in_fan_out=transposed, **options)


def layer_maps(model: PreTrainedModel) -> dict[str, nn.Module]:
    """The pretrained linear maps in a model's layers, by name."""
    fresh = tuple(f"{name}." for name in head_modules(model))
    return {
        f"{stack_name}.{name}": module
        for stack_name, stack in layer_stacks(model).items()
        for name, module in linear_maps(stack)
        if not f"{stack_name}.{name}.".startswith(fresh)
    }


def named_like(
    maps: Mapping[str, nn.Module], wanted: Sequence[str], place: str
) -> dict[str, nn.Module]:
    """Those of the linear maps whose names end in one of the wanted ones, part by part.

    Raises:
        UserError: one of them is the end of no name.
    """
    ends = {name.rpartition(".")[2] for name in maps}
    found: dict[str, nn.Module] = {}
    for end in wanted:
        alike = {name: m for name, m in maps.items() if f".{name}".endswith(f".{end}")}
        if not alike:
            raise UserError(f"{place}: no linear map `{end}` there. {did_you_mean(end, ends)}")
        found |= alike
    return found


def _top_layers(model: PreTrainedModel, count: int, place: str) -> set[nn.Module]:
    stack = layer_stack(model)
    if count > len(stack):
        raise UserError(f"{place}: {count}, but the model has {len(stack)} layers.")
    return {module for layer in list(stack)[-count:] for module in layer.modules()}
