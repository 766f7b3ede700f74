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
from luthier.training.parts import Scores
from luthier.training.sharding import gathered, parted

_KEPT = 2
_MODEL, _OPTIMIZER, _MEMORY = "model.safetensors", "optimizer.safetensors", "memory.safetensors"
_STATE = "state.json"
_BEST = "best"


def save_checkpoint(loop: Loop, callbacks: Sequence[Callback]) -> None:
    """Write `checkpoints/step-N/`: moving weights, optimizer, position, and the memory of others.

    The others are the callbacks, and a schedule that has a memory. Tensors are safetensors, all
    else is JSON, whose floats read back as they were, bit for bit.

    It is written under a temporary name, fsynced and renamed; the two newest are kept. Process 0
    writes it, weights whole wherever they lie; the others wait.

    Raises:
        UserError: the disk is full; the older checkpoints are untouched.
    """
    folder = loop.run.checkpoints / f"step-{loop.position.step}"
    others = with_memory(loop, callbacks)
    tensors, numbers = _optimizer_state(loop.parts.optimizer)
    files = {
        _MODEL: moving_weights(loop.parts.model),
        _OPTIMIZER: gathered(tensors),
        _MEMORY: _flat(enumerate(o.tensors() for o in others)),
    }
    state = {
        "position": {
            "step": loop.position.step,
            "tokens": loop.position.tokens,
            "seconds": loop.position.seconds,
        },
        "is_stopping": loop.is_stopping,
        "optimizer": numbers,
        "callbacks": [other.state() for other in others],
    }
    if loop.run.writes:
        _write(folder, files, state)
        for old in _steps(loop.run)[:-_KEPT]:
            shutil.rmtree(loop.run.checkpoints / f"step-{old}")
    loop.crew.wait()


def _write(folder: Path, files: Mapping[str, dict[str, Tensor]], state: Mapping[str, Any]) -> None:
    with new_folder(folder) as temporary:
        for name, tensors in files.items():
            save_tensors(tensors, temporary / name)
        sizes = {path.name: path.stat().st_size for path in temporary.iterdir()}
        write_json(temporary / _STATE, {**state, "bytes": sizes})


def resume(loop: Loop, callbacks: Sequence[Callback]) -> bool:
    """Put the loop where its run's newest checkpoint stands; False if there is none.

    Raises:
        UserError: the checkpoint is cut short or damaged.
    """
    if loop.run.writes:
        for leftover in loop.run.checkpoints.glob(".*"):
            shutil.rmtree(leftover)  # what a kill left under a temporary name
    steps = _steps(loop.run)
    if not steps:
        loop.run.forget_after(0)
        return False
    folder = loop.run.checkpoints / f"step-{steps[-1]}"
    state = _checked_state(folder)
    put_weights(loop.parts.model, _read(folder / _MODEL))
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
    """The weights that training moves, by name; of those that lie in parts, see `gathered`."""
    return gathered({n: p.detach() for n, p in model.named_parameters() if p.requires_grad})


def put_weights(model: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Put whole weights into a model's parameters of the same names."""
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, saved in weights.items():
            parameters[name].copy_(parted(saved, parameters[name]))


def save_best(loop: Loop, scores: Scores) -> None:
    """Write `checkpoints/best/`: the moving weights, and how they were judged.

    Raises:
        UserError: the disk is full; the older ones are untouched.
    """
    weights = moving_weights(loop.parts.model)
    if loop.run.writes:
        with new_folder(loop.run.checkpoints / _BEST) as folder:
            save_tensors(weights, folder / _MODEL)
            judged = {"step": loop.position.step, "validation": dict(scores)}
            write_json(folder / "scores.json", judged)


def load_best(loop: Loop) -> None:
    """Go back to the weights that `save_best` wrote last.

    Raises:
        UserError: the file is damaged.
    """
    loop.crew.wait()
    put_weights(loop.parts.model, _read(loop.run.checkpoints / _BEST / _MODEL))


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
    weights = [p for group in optimizer.param_groups for p in group["params"]]
    for i, state in _nested(tensors).items():
        # A tensor of the weight's own shape lies as the weight does; others are numbers.
        states[i] |= {
            key: parted(value, weights[i]) if value.shape == weights[i].shape else value
            for key, value in state.items()
        }
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
