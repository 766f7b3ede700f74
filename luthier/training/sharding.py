"""Weights that lie in parts, one in each process (FSDP): divided, gathered, put back."""

from collections.abc import Mapping

from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from luthier.core.config import MENUS, Recipe
from luthier.core.errors import Mistake, UserError
from luthier.core.registry import Choice
from luthier.models.layers import layer_stacks
from luthier.training.averaging import Averaging


def shard(network: nn.Module, size: int) -> None:
    """Leave each process a part of every weight; a layer is whole only while it computes.

    Fully sharded data parallelism (Zhao et al., 2023), torch's `fully_shard`. Gradients are summed
    over the processes, not averaged: the loop divides by the weight of the whole step.

    Args:
        network: changed in place.
        size: how many processes there are.

    Raises:
        UserError: weights are held in fewer bits than a float has.
    """
    if not all(p.is_floating_point() for p in network.parameters()):
        raise UserError(
            "training.parallel: sharded divides weights in floating point, and here some are held "
            "in fewer bits. Write `parallel: data`, or use an adapter that leaves them as they are."
        )
    device = next(network.parameters()).device.type
    mesh = init_device_mesh(device, (size,))
    for stack in layer_stacks(network).values():
        for layer in stack:
            fully_shard(layer, mesh=mesh)
    fully_shard(network, mesh=mesh, reshard_after_forward=True)
    for module in network.modules():
        if isinstance(module, FSDPModule):
            module.set_gradient_divide_factor(1.0)
            module.set_force_sum_reduction_for_comms(True)  # gloo knows no other


def sharding_mistakes(recipe: Recipe) -> list[Mistake]:
    """What of a recipe does not go with weights that lie in parts."""
    callbacks = [Choice.parse(written).name for written in recipe.callbacks]
    optimizer = Choice.parse(recipe.training.optimizer).name
    whole = {
        f"callbacks.{name}": f"{name} keeps whole weights"
        for name in callbacks
        if issubclass(MENUS["callbacks"].get(name), Averaging)
    }
    if hasattr(MENUS["optimizer"].get(optimizer), "needs_whole_weights"):
        whole["training.optimizer"] = f"{optimizer} moves whole weights only"
    remedy = "and `parallel: sharded` leaves each process a part of them. Write `parallel: data`."
    return [Mistake(place, f"{reason}, {remedy}") for place, reason in whole.items()]


def gathered(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Whole tensors; what lies in parts is gathered on the processor, in process 0 alone.

    All processes have to call it, with the same names; the others get what never was in parts.
    """
    found = {}
    for name, tensor in tensors.items():
        if not isinstance(tensor, DTensor):
            found[name] = tensor
            continue
        full = tensor.full_tensor()
        if tensor.device_mesh.get_rank() == 0:
            found[name] = full.cpu()
    return found


def parted(tensor: Tensor, like: Tensor) -> Tensor:
    """A whole tensor as another one lies: this process' part of it, or all of it."""
    if not isinstance(like, DTensor):
        return tensor
    there = tensor.to(like.device)
    return distribute_tensor(there, like.device_mesh, like.placements, src_data_rank=None)


def norm_of(norm: Tensor) -> Tensor:
    """A norm over weights that may lie in parts, as a number that all processes have."""
    return norm.full_tensor() if isinstance(norm, DTensor) else norm
