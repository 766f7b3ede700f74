"""Bottleneck adapters: small two-layer networks behind the sublayers of a frozen transformer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, final

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from luthier.core.errors import UserError
from luthier.core.files import read_json, write_json
from luthier.models.draw import drawn_with
from luthier.models.layers import layer_stacks, linear_maps

BOTTLENECK_CONFIG = "bottleneck_config.json"
_WEIGHTS = "bottleneck.safetensors"
_CHILD = "bottleneck"


@final
class Bottleneck(nn.Module):
    """x + W_up relu(W_down x), Houlsby et al. (2019), figure 2: (..., hidden) -> (..., hidden).

    W_up starts at zero, so at first it changes nothing.
    """

    def __init__(self, hidden: int, size: int):
        super().__init__()
        self.down = nn.Linear(hidden, size)
        self.up = nn.Linear(size, hidden)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: Tensor) -> Tensor:
        """The input with its correction; the shape stays."""
        correction: Tensor = self.up(torch.relu(self.down(x)))
        return x + correction


def sublayer_ends(model: nn.Module, placement: Literal["houlsby", "pfeiffer"]) -> list[str]:
    """Names of the projections that end a model's sublayers, just before the residual is added.

    A layer's attention ends with the last linear map inside it, its feed-forward part with the last
    one outside attention; so every transformer that is made of linear maps will do.

    Args:
        model: with stacks of layers; in an encoder-decoder both count.
        placement: `houlsby` behind attention (in a decoder also cross-attention) and feed-forward,
            `pfeiffer` behind feed-forward only.

    Raises:
        UserError: a layer without such projections.
    """
    found = []
    for stack_name, stack in layer_stacks(model).items():
        for i, layer in enumerate(stack):
            attention, feed_forward = _ends(layer)
            if not attention or feed_forward is None:
                raise UserError(
                    f"adapter.bottleneck: the layers of {type(model).__name__} are not made of "
                    "attention and linear maps. Use lora."
                )
            ends = [*attention, feed_forward] if placement == "houlsby" else [feed_forward]
            found += [f"{stack_name}.{i}.{end}" for end in ends]
    return found


def attach(model: nn.Module, sizes: Mapping[str, int], *, seed: int) -> None:
    """Put bottlenecks behind projections, as their children.

    Args:
        model: changed in place; all its other weights keep their names.
        sizes: how wide each bottleneck is, by the name of its projection.
        seed: the bottlenecks are drawn with it.
    """
    with drawn_with(seed):
        for end, size in sizes.items():
            projection = model.get_submodule(end)
            adapter = Bottleneck(width(projection), size)
            projection.add_module(_CHILD, adapter.to(next(projection.parameters()).device))
            projection.register_forward_hook(_through_bottleneck)


def width(projection: nn.Module) -> int:
    """How many features come out of a linear map."""
    features: int = getattr(projection, "nf" if isinstance(projection, Conv1D) else "out_features")
    return features


def bottleneck_sizes(model: nn.Module) -> dict[str, int]:
    """How wide the bottlenecks in a model are, by the name of their projection."""
    return {
        name.removesuffix(f".{_CHILD}"): module.down.out_features
        for name, module in model.named_modules()
        if isinstance(module, Bottleneck)
    }


def save_bottlenecks(model: nn.Module, folder: Path, *, base: str) -> None:
    """Write the weights that moved, and what it takes to put them into their base again."""
    config = {"base_model_name_or_path": base, "sizes": bottleneck_sizes(model)}
    write_json(folder / BOTTLENECK_CONFIG, config)
    moved = {n: p.detach().contiguous() for n, p in model.named_parameters() if p.requires_grad}
    save_file(moved, folder / _WEIGHTS)


def restore_bottlenecks(model: nn.Module, folder: Path) -> None:
    """Put saved bottlenecks, and the head that was trained with them, into their base; frozen.

    Raises:
        UserError: the configuration is damaged.
        OSError, SafetensorError: the weights are missing or damaged.
        ValueError: they belong to another base.
    """
    attach(model, read_json(folder / BOTTLENECK_CONFIG)["sizes"], seed=0)
    model.requires_grad_(False)
    parameters = dict(model.named_parameters())
    for name, saved in load_file(folder / _WEIGHTS).items():
        if name not in parameters or parameters[name].shape != saved.shape:
            raise ValueError(
                f"`{name}` has no place in {type(model).__name__}, so it is not its base"
            )
        parameters[name].copy_(saved)


def _ends(layer: nn.Module) -> tuple[list[str], str | None]:
    attention: dict[str, str] = {}
    feed_forward = None
    parts = [n for n, m in layer.named_modules() if "Attention" in type(m).__name__]
    outer = [n for n in parts if not any(n.startswith(f"{other}.") for other in parts)]
    for name, _ in linear_maps(layer):
        around = next((part for part in outer if name.startswith(f"{part}.")), None)
        if around is None:
            feed_forward = name
        else:
            attention[around] = name
    return list(attention.values()), feed_forward


def _through_bottleneck(projection: nn.Module, inputs: Any, output: Tensor) -> Tensor:
    adapter: nn.Module = projection.get_submodule(_CHILD)
    corrected: Tensor = adapter(output)
    return corrected
