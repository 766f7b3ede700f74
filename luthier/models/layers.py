"""Where a model's layers are, and which of its weights lie below, in and above them."""

from collections.abc import Iterator

from torch import nn
from transformers.pytorch_utils import Conv1D

from luthier.core.errors import UserError


def layer_stacks(model: nn.Module) -> dict[str, nn.ModuleList]:
    """The lists of layers by name, in the order of registration; none lies within another."""
    found: dict[str, nn.ModuleList] = {}
    for name, module in model.named_modules():
        is_inner = any(name.startswith(f"{outer}.") for outer in found)
        if isinstance(module, nn.ModuleList) and len(module) and not is_inner:
            found[name] = module
    return found


def layer_stack(model: nn.Module) -> nn.ModuleList:
    """The list of layers that ends below the head: of an encoder-decoder, the decoder's.

    Raises:
        UserError: the model has none, or several of which none is the longest.
    """
    stacks = layer_stacks(model)
    of_decoder = {name: s for name, s in stacks.items() if "decoder" in name.split(".")}
    if getattr(getattr(model, "config", None), "is_encoder_decoder", False) and of_decoder:
        stacks = of_decoder
    longest = max(map(len, stacks.values()), default=0)
    candidates = [name for name, stack in stacks.items() if len(stack) == longest]
    if len(candidates) != 1:
        found = f"several stacks of layers ({', '.join(candidates)})" if candidates else "no layers"
        raise UserError(
            f"adapter: {type(model).__name__} has {found}, so it is not known which lie on top. "
            "Use `adapter: full`."
        )
    return stacks[candidates[0]]


def parameters_from_layer(model: nn.Module, first: int) -> Iterator[tuple[str, nn.Parameter]]:
    """The parameters of layer `first` (from 0) and of all that lies above it, by name.

    What lies above the last layer is what is registered after the layer stack: final norm, pooler
    and head. What is registered before it lies below: the embeddings, the encoder of an
    encoder-decoder, and a head that is tied to the embeddings, since it is one parameter with them.
    The norm of BART's embeddings is registered late; its name tells where it belongs.

    Raises:
        UserError: see `layer_stack`.
    """
    stack = layer_stack(model)
    moving = {id(p) for layer in list(stack)[first:] for p in layer.parameters()}
    in_stack = {id(p) for p in stack.parameters()}
    is_above = False
    for name, parameter in model.named_parameters():
        if id(parameter) in in_stack:
            is_above = True
            if id(parameter) in moving:
                yield name, parameter
        elif is_above and "embed" not in name:
            yield name, parameter


def reached_layers(model: nn.Module) -> int:
    """How many layers a gradient passes on its way down: those keep their activations for it.

    All of them if something below moves, such as embeddings or virtual tokens; else those from the
    first that moves.
    """
    layers = [layer for stack in layer_stacks(model).values() for layer in stack]
    in_layers = {id(p) for layer in layers for p in layer.parameters()}
    for parameter in model.parameters():
        if id(parameter) in in_layers:
            break
        if parameter.requires_grad:
            return len(layers)
    if _moves_input(model):
        return len(layers)
    moving = [any(p.requires_grad for p in layer.parameters()) for layer in layers]
    return len(layers) - moving.index(True) if True in moving else 0


def linear_maps(module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """All linear maps inside a module by name; GPT-2's are transposed and of another class."""
    for name, inner in module.named_modules():
        if isinstance(inner, nn.Linear | Conv1D):
            yield name, inner


def train_mode(model: nn.Module) -> None:
    """Training mode from the first part that moves upwards, evaluation mode (no dropout) below it.

    Below means registered before: GPT-2's dropout behind frozen embeddings belongs to the frozen
    part. So a frozen prefix computes the same activations in every epoch, and may be cached. Above
    it frozen parts drop out as well, as they do when transformers' Trainer trains an adapter.
    Virtual tokens enter at the bottom, so with them all of the model is in training mode.
    """
    _set_mode(model, _moves_input(model))


def _moves_input(model: nn.Module) -> bool:
    encoder = getattr(model, "prompt_encoder", None)  # as PEFT calls what makes virtual tokens
    return encoder is not None and any(p.requires_grad for p in encoder.parameters())


def _set_mode(module: nn.Module, is_reached: bool) -> bool:
    """Set the mode below a module; tell whether something that moves was passed by its end."""
    if is_reached or not any(p.requires_grad for p in module.parameters()):
        module.train(is_reached)
        return is_reached
    module.training = True
    # PEFT registers an adapter's own dropout before its weights, inside the layer it wraps.
    wraps = hasattr(module, "base_layer")
    is_reached = wraps or any(p.requires_grad for p in module.parameters(recurse=False))
    for child in module.children():
        is_reached = _set_mode(child, is_reached)
    return is_reached
