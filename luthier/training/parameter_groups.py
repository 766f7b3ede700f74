"""Which weights move at which rate: by depth, by name, with decay or without."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field
from torch import nn

from luthier.core.errors import UserError

Settings = dict[Literal["learning_rate", "weight_decay"], Annotated[float, Field(ge=0)]]
Groups = Annotated[
    dict[re.Pattern[str], Settings],
    Field(description="pattern in weights' names -> learning_rate, weight_decay"),
]
LayerDecay = Annotated[
    float, Field(gt=0, le=1, description="rate of a layer, as a share of that of the one above it")
]
NO_GROUPS: dict[re.Pattern[str], Settings] = {}


def parameter_groups(
    model: nn.Module,
    learning_rate: float,
    weight_decay: float,
    layer_decay: float = 1.0,
    groups: Mapping[re.Pattern[str], Settings] = NO_GROUPS,
) -> list[dict[str, Any]]:
    """The weights that move, put together by the rate and the decay they move with.

    Biases and the weights of norms do not decay, as in the papers and in transformers' Trainer.
    With k layers above it a weight has the rate learning_rate * layer_decay^k: discriminative
    fine-tuning (Howard and Ruder, 2018, section 3.2; Clark et al., 2020, appendix B). What `groups`
    says of a weight goes before both; of several patterns that are found in a name, the first.

    Returns:
        Groups as `torch.optim` takes them: params, lr, weight_decay.

    Raises:
        UserError: a pattern takes no weight that moves, or `layer_decay` is given for a model
            without layers.
    """
    moving = {name: p for name, p in model.named_parameters() if p.requires_grad}
    above = _layers_above(model) if layer_decay < 1 else dict.fromkeys(moving, 0)
    norms = _weights_of_norms(model)
    named = _settings_by_name(list(moving), groups)
    found: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in moving.items():
        settings = named.get(name, {})
        decay = 0.0 if name in norms or name.endswith("bias") else weight_decay
        rate = settings.get("learning_rate", learning_rate * layer_decay ** above[name])
        key = rate, settings.get("weight_decay", decay)
        found.setdefault(key, []).append(parameter)
    return [
        {"params": parameters, "lr": rate, "weight_decay": decay}
        for (rate, decay), parameters in found.items()
    ]


def layer_stacks(model: nn.Module) -> list[nn.ModuleList]:
    """The lists of transformer layers: one, or an encoder's and a decoder's.

    These are the module lists that lie in no other; a list within a layer is part of the layer.
    """
    stacks: list[nn.ModuleList] = []
    inner: set[nn.Module] = set()
    for module in model.modules():
        if isinstance(module, nn.ModuleList) and module not in inner:
            inner.update(module.modules())
            stacks.append(module)
    return stacks


def _layers_above(model: nn.Module) -> dict[str, int]:
    """Of each weight, how many layers lie above: 0 for the head, 1 for the last layer, and so on.

    Embeddings, and what is registered before the first layer, lie below all layers; what else is
    in no layer (final norm, pooler, head) lies above. The layers of an encoder and a decoder are
    counted each from its own top, since every layer of a decoder reads the encoder's last one.

    Raises:
        UserError: the model has no layers.
    """
    stacks = layer_stacks(model)
    if not stacks:
        raise UserError(
            f"training.optimizer: layer_decay: {type(model).__name__} has no list of layers to "
            "count. Leave layer_decay out."
        )
    layers = {
        id(p): place
        for stack in stacks
        for place, layer in enumerate(reversed(stack), start=1)
        for p in layer.parameters()
    }
    tables = {id(m.weight) for m in model.modules() if isinstance(m, nn.Embedding)}
    lowest = 1 + max(len(stack) for stack in stacks)
    found, is_below = {}, True
    for name, parameter in model.named_parameters():
        is_below = is_below and id(parameter) not in layers
        is_embedding = is_below or id(parameter) in tables or "embedding" in name
        found[name] = layers.get(id(parameter), lowest if is_embedding else 0)
    return found


def _weights_of_norms(model: nn.Module) -> set[str]:
    return {
        f"{name}.{weight}"
        for name, module in model.named_modules()
        if "norm" in type(module).__name__.lower()
        for weight, _ in module.named_parameters(recurse=False)
    }


def _settings_by_name(
    names: Sequence[str], groups: Mapping[re.Pattern[str], Settings]
) -> dict[str, Settings]:
    found: dict[str, Settings] = {}
    for pattern, settings in groups.items():
        taken = [name for name in names if name not in found and pattern.search(name)]
        if not taken:
            raise UserError(
                f"training.optimizer: groups: `{pattern.pattern}` is found in the name of no "
                "moving weight that an earlier pattern left over. Names are such as "
                f"{names[0]} and {names[-1]}."
            )
        found |= dict.fromkeys(taken, settings)
    return found
