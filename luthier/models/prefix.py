"""The frozen layers below all that moves: run by themselves, or left out of a forward pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import torch
from torch import Tensor, nn

from luthier.models.layers import layer_stack, layer_stacks, reached_layers
from luthier.models.network import Network

ACTIVATIONS = "prefix_activations"
"""The model's input that stands for the output of the frozen layers: (B, L, H)."""


def frozen_layers(model: Network) -> int:
    """How many layers from the bottom stay as they are, whatever is trained above them.

    None of an encoder-decoder: what its layers pass on is more than the activations.
    """
    if model.config.is_encoder_decoder or len(layer_stacks(model)) != 1:
        return 0
    return len(layer_stack(model)) - reached_layers(model)


@dataclass(frozen=True, slots=True)
class Prefix:
    """The embeddings and the lowest layers of a model, frozen and in evaluation mode.

    Attributes:
        network: the whole model.
        depth: how many layers belong to the prefix, at least one.
    """

    network: Network
    depth: int

    def run(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """What the last layer of the prefix gives to the one above: (B, L, H)."""
        self.network.eval()
        top = layer_stack(self.network)[self.depth - 1]
        handle = top.register_forward_hook(_stop)
        try:
            with torch.inference_mode():
                self.network(**inputs)
        except _ReachedError as reached:
            return reached.activations
        finally:
            handle.remove()
        raise AssertionError("a model that leaves out a layer of its stack")

    def take_inputs(self) -> None:
        """From now on, a forward pass that is given `prefix_activations` leaves the prefix out.

        The model still looks its tokens up and makes its masks and positions, which costs little
        and differs from model to model; the layers of the prefix are not run.
        """
        # The hooks know nothing of the network, else it would be freed only by a full collection.
        stack = layer_stack(self.network)
        present = list(stack)[: self.depth]
        absent = [_Absent(layer) for layer in present]

        def enter(module: nn.Module, args: Any, kwargs: dict[str, Any]) -> tuple[Any, Any]:
            if ACTIVATIONS in kwargs:
                absent[-1].output = kwargs[ACTIVATIONS].float()
                _put(stack, absent)
            return args, {name: value for name, value in kwargs.items() if name != ACTIVATIONS}

        def leave(module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
            absent[-1].output = None
            _put(stack, present)

        self.network.register_forward_pre_hook(enter, with_kwargs=True)
        self.network.register_forward_hook(leave, with_kwargs=True, always_call=True)


class _ReachedError(Exception):
    """The top of the prefix is reached; nothing above it needs to run."""

    def __init__(self, activations: Tensor):
        self.activations = activations


def _stop(module: nn.Module, inputs: Any, output: Tensor | tuple[Tensor, ...]) -> NoReturn:
    raise _ReachedError(output if isinstance(output, Tensor) else output[0])


class _Absent(nn.Module):
    """In the place of a layer: hands its input on, or gives what is known to come out."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        object.__setattr__(self, "_layer", layer)  # not a child: it has no weights of its own
        self.output: Tensor | None = None

    def __getattr__(self, name: str) -> Any:
        # Models ask their layers what attention they want before they call them.
        if name == "_layer":
            raise AttributeError(name)
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(self.__dict__["_layer"], name)

    def forward(self, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return hidden_states if self.output is None else self.output


def _put(stack: nn.ModuleList, layers: list[Any]) -> None:
    for number, layer in enumerate(layers):
        stack._modules[str(number)] = layer
