"""Where a model's layers are, and which of its weights lie below, in and above them."""

from collections.abc import Iterator

from torch import nn


def layer_stack(model: nn.Module) -> nn.ModuleList:
    """The list of transformer layers: the longest `ModuleList` in the model.

    Raises:
        ValueError: the model has none.
    """
    stacks = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
    if not stacks:
        raise ValueError(f"{type(model).__name__} has no list of layers")
    return max(stacks, key=len)


def parameters_from_layer(model: nn.Module, first: int) -> Iterator[tuple[str, nn.Parameter]]:
    """The parameters of layer `first` (from 0) and of all that lies above it, by name.

    What lies above the last layer is what is registered after the layer stack: final norm, pooler
    and head. What is registered before it, the embeddings, lies below; so does a head that is tied
    to them, since it is one parameter with them.
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
        elif is_above:
            yield name, parameter


def train_mode(model: nn.Module) -> None:
    """Training mode where weights move, evaluation mode (no dropout) where they are frozen.

    A module without weights, such as a dropout, is in training mode if something that moves was
    registered before it: GPT-2's dropout behind frozen embeddings belongs to the frozen part. So a
    frozen prefix computes the same activations in every epoch, and may be cached.
    """
    _set_mode(model, all(p.requires_grad for p in model.parameters()))


def _set_mode(module: nn.Module, is_reached: bool) -> bool:
    """Set the mode below a module; tell whether something that moves was passed by its end."""
    moves = [p.requires_grad for p in module.parameters()]
    if not any(moves):
        module.train(is_reached and not moves)
        return is_reached
    module.training = True
    is_reached = is_reached or any(p.requires_grad for p in module.parameters(recurse=False))
    for child in module.children():
        is_reached = _set_mode(child, is_reached)
    return is_reached
