"""Checkpoints: whole or absent, and enough to continue bit for bit."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from luthier.core.errors import UserError
from luthier.core.files import new_folder, read_json, write_json
from luthier.core.runs import Run
from luthier.models.save import save_tensors
from luthier.training.callback import Callback, Loop

_KEPT = 2
_MODEL, _OPTIMIZER, _STATE = "model.safetensors", "optimizer.safetensors", "state.json"
BEST = "best"


def save_checkpoint(loop: Loop, callbacks: Sequence[Callback]) -> None:
    """Write `checkpoints/step-N/`: moving weights, optimizer, position, the callbacks' memory.

    It is written under a temporary name, fsynced and renamed; the two newest are kept.

    Raises:
        UserError: the disk is full; the older checkpoints are untouched.
    """
    folder = loop.run.checkpoints / f"step-{loop.position.step}"
    with new_folder(folder) as temporary:
        save_tensors(moving_weights(loop.parts.model), temporary / _MODEL)
        save_tensors(_optimizer_tensors(loop.parts.optimizer), temporary / _OPTIMIZER)
        state = {
            "position": {
                "step": loop.position.step,
                "tokens": loop.position.tokens,
                "seconds": loop.position.seconds,
            },
            "is_stopping": loop.is_stopping,
            "callbacks": [callback.state() for callback in callbacks],
            "bytes": {name: (temporary / name).stat().st_size for name in (_MODEL, _OPTIMIZER)},
        }
        write_json(temporary / _STATE, state)
    for old in _steps(loop.run)[:-_KEPT]:
        shutil.rmtree(loop.run.checkpoints / f"step-{old}")


def resume(loop: Loop, callbacks: Sequence[Callback]) -> bool:
    """Put the loop where its run's newest checkpoint stands; False if there is none.

    Raises:
        UserError: the checkpoint is cut short or damaged.
    """
    for leftover in loop.run.checkpoints.glob(".*"):
        shutil.rmtree(leftover)  # what a kill left under a temporary name
    steps = _steps(loop.run)
    if not steps:
        loop.run.forget_after(0)
        return False
    folder = loop.run.checkpoints / f"step-{steps[-1]}"
    state = _checked_state(folder)
    load_weights(loop.parts.model, folder / _MODEL)
    _load_optimizer(loop.parts.optimizer, _read(folder / _OPTIMIZER))
    for name, value in state["position"].items():
        setattr(loop.position, name, value)
    loop.is_stopping = state["is_stopping"]
    for callback, memory in zip(callbacks, state["callbacks"], strict=True):
        callback.restore(memory)
    loop.run.forget_after(loop.position.step)
    return True


def moving_weights(model: nn.Module) -> dict[str, Tensor]:
    """The weights that training moves, by name."""
    return {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}


def load_weights(model: nn.Module, path: Path) -> None:
    """Put saved weights into a model's parameters of the same names.

    Raises:
        UserError: the file is damaged.
    """
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, saved in _read(path).items():
            parameters[name].copy_(saved)


def _steps(run: Run) -> list[int]:
    found = [re.fullmatch(r"step-(\d+)", path.name) for path in run.checkpoints.glob("step-*")]
    return sorted(int(match[1]) for match in found if match)


def _checked_state(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = read_json(folder / _STATE)
    for name, size in state["bytes"].items():
        there = (folder / name).stat().st_size if (folder / name).exists() else 0
        if there != size:
            raise UserError(
                f"{folder / name}: cut short, {there} of {size} bytes are there. Delete {folder}; "
                "--resume then continues from the checkpoint before it, or from the start."
            )
    return state


def _read(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except SafetensorError as error:
        raise UserError(
            f"{path}: damaged ({error}). Delete its folder; --resume then continues from the "
            "checkpoint before it, or from the start."
        ) from error


def _optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    states = optimizer.state_dict()["state"]
    return {f"{i}.{key}": value for i, state in states.items() for key, value in state.items()}


def _load_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    states: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        index, _, key = name.partition(".")
        states.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict(
        {"state": states, "param_groups": optimizer.state_dict()["param_groups"]}
    )
