"""Checkpoints: whole or absent, and enough to continue bit for bit."""

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
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
_MODEL, _OPTIMIZER, _MEMORY = "model.safetensors", "optimizer.safetensors", "memory.safetensors"
_STATE = "state.json"
BEST = "best"


def save_checkpoint(loop: Loop, callbacks: Sequence[Callback]) -> None:
    """Write `checkpoints/step-N/`: moving weights, optimizer, position, and the memory of others.

    The others are the callbacks, and a schedule that has a memory. Tensors are safetensors, all
    else is JSON, whose floats read back as they were, bit for bit.

    It is written under a temporary name, fsynced and renamed; the two newest are kept.

    Raises:
        UserError: the disk is full; the older checkpoints are untouched.
    """
    folder = loop.run.checkpoints / f"step-{loop.position.step}"
    others = with_memory(loop, callbacks)
    tensors, numbers = _optimizer_state(loop.parts.optimizer)
    with new_folder(folder) as temporary:
        save_tensors(moving_weights(loop.parts.model), temporary / _MODEL)
        save_tensors(tensors, temporary / _OPTIMIZER)
        save_tensors(_flat(enumerate(o.tensors() for o in others)), temporary / _MEMORY)
        state = {
            "position": {
                "step": loop.position.step,
                "tokens": loop.position.tokens,
                "seconds": loop.position.seconds,
            },
            "is_stopping": loop.is_stopping,
            "optimizer": numbers,
            "callbacks": [other.state() for other in others],
            "bytes": {path.name: path.stat().st_size for path in temporary.iterdir()},
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
    _load_optimizer(loop.parts.optimizer, _read(folder / _OPTIMIZER), state["optimizer"])
    for name, value in state["position"].items():
        setattr(loop.position, name, value)
    loop.is_stopping = state["is_stopping"]
    others, tensors = with_memory(loop, callbacks), _nested(_read(folder / _MEMORY))
    for i, (other, memory) in enumerate(zip(others, state["callbacks"], strict=True)):
        other.restore(memory)
        other.restore_tensors(tensors.get(i, {}))
    loop.run.forget_after(loop.position.step)
    return True


def with_memory(loop: Loop, callbacks: Sequence[Callback]) -> list[Callback]:
    """All that is told what happens: the callbacks, and a schedule that wants to know."""
    schedule = loop.parts.schedule
    return [*callbacks, schedule] if isinstance(schedule, Callback) else list(callbacks)


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


def _optimizer_state(optimizer: torch.optim.Optimizer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """An optimizer's tensors, by weight and key, and its numbers, by weight and of the groups."""
    held = optimizer.state_dict()
    states: dict[int, dict[str, Any]] = held["state"]
    tensors = {
        i: {key: value for key, value in state.items() if isinstance(value, Tensor)}
        for i, state in states.items()
    }
    numbers = {
        "weights": {i: _numbers(state) for i, state in states.items()},
        "groups": [_numbers(group) for group in held["param_groups"]],
    }
    return _flat(tensors.items()), numbers


def _load_optimizer(
    optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor], numbers: dict[str, Any]
) -> None:
    states: dict[int, dict[str, Any]] = {int(i): dict(n) for i, n in numbers["weights"].items()}
    for i, state in _nested(tensors).items():
        states[i] |= state
    fresh = optimizer.state_dict()["param_groups"]
    groups = [{**group, **saved} for group, saved in zip(fresh, numbers["groups"], strict=True)]
    optimizer.load_state_dict({"state": states, "param_groups": groups})


def _numbers(values: Mapping[str, Any]) -> dict[str, int | float]:
    """The numbers among an optimizer's values; its names and flags are those of the recipe."""
    return {key: value for key, value in values.items() if isinstance(value, int | float)}


def _flat(nested: Iterable[tuple[int, Mapping[str, Tensor]]]) -> dict[str, Tensor]:
    return {f"{i}.{key}": value for i, values in nested for key, value in values.items()}


def _nested(flat: Mapping[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    found: dict[int, dict[str, Tensor]] = {}
    for name, value in flat.items():
        index, _, key = name.partition(".")
        found.setdefault(int(index), {})[key] = value
    return found
