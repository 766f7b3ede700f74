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


def train_mode(module: nn.Module) -> None:
    """Training mode where weights move, evaluation mode (no dropout) where they are frozen.

    So a frozen prefix computes the same activations in every epoch, and may be cached.
    """
    module.training = True
    for child in module.children():
        weights = list(child.parameters())
        if weights and not any(weight.requires_grad for weight in weights):
            child.eval()
        else:
            train_mode(child)
