"""Several processes that train together on this machine, started as a launcher would."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, final

import torch
from numpy.typing import NDArray

from luthier.core.config import MENUS
from luthier.core.runs import Run
from luthier.training.callback import Callback, Loop
from luthier.training.checkpoints import moving_weights, resume
from luthier.training.distributed import joined
from luthier.training.sharding import shard
from luthier.training.trainer import Trainer
from tests.toy_loop import toy_model, toy_trainer

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.crews"])  # what takes seconds to import is imported once


def run_crew(work: Callable[..., Any], *arguments: Any, size: int = 2) -> list[Any]:
    """What `work(*arguments)` returns in each of some processes, or its error as a string."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    crew = []
    for rank in range(size):
        ours, theirs = _SERVER.Pipe(duplex=False)
        place = {
            "RANK": rank,
            "LOCAL_RANK": rank,
            "WORLD_SIZE": size,
            "LOCAL_WORLD_SIZE": size,
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": port,
        }
        process = _SERVER.Process(target=_serve, args=(theirs, place, work, arguments))
        process.start()
        theirs.close()
        crew.append((process, ours))
    found = [_answer(ours) for _, ours in crew]
    for process, ours in crew:
        process.join()
        ours.close()
    return found


def _answer(ours: Connection) -> Any:
    try:
        return ours.recv()
    except EOFError:
        return "killed"


def _serve(
    theirs: Connection, place: Mapping[str, Any], work: Callable[..., Any], arguments: Sequence[Any]
) -> None:
    os.environ.update({name: str(value) for name, value in place.items()})
    torch.set_num_threads(1)
    try:
        theirs.send(work(*arguments))
    except BaseException as error:
        theirs.send(f"{type(error).__name__}: {error}")
    theirs.close()


@final
class Signal(Callback):
    """Sends this process a signal at a step; a step of 0 never comes."""

    def __init__(self, number: int, step: int):
        self.number, self.step = number, step

    def on_step(self, loop: Loop) -> None:
        if loop.position.step == self.step:
            os.kill(os.getpid(), self.number)


Ended = tuple[list[dict[str, Any]], dict[str, NDArray[Any]]]
"""What a run logged, and the weights it ended with."""


def train_toy(folder: Path, options: Mapping[str, Any]) -> Ended:
    """Train a toy with whoever is in the crew.

    Options are those of `toy_trainer`, and `parallel`, `dropout`, `callbacks` by name, `kill` (rank
    of the process that is killed, and at which step), `interrupt` (in the same way, by Ctrl-C) and
    `resume`.
    """
    levers = {"parallel": "data", "dropout": 0.0, "callbacks": [], "resume": False}
    levers |= {"kill": (0, 0), "interrupt": (0, 0)} | options
    parallel, again = levers.pop("parallel"), levers.pop("resume")
    model = toy_model(dropout=levers.pop("dropout"))
    callbacks = [MENUS["callbacks"].build(one) for one in levers.pop("callbacks")]
    with joined() as crew:
        for signal_number, name in ((signal.SIGKILL, "kill"), (signal.SIGINT, "interrupt")):
            rank, step = levers.pop(name)
            callbacks.append(Signal(signal_number, step if rank == crew.rank else 0))
        if parallel == "sharded" and crew.size > 1:
            shard(model, crew.size)
        trainer = toy_trainer(folder, model=model, callbacks=callbacks, **levers)
        trainer.crew, trainer.run = crew, Run(folder, writes=crew.writes)
        if again:
            assert resume(trainer, trainer.callbacks)
        trainer.fit()
        weights = {name: whole.numpy() for name, whole in moving_weights(model).items()}
        return logged(trainer), weights


def logged(trainer: Trainer) -> list[dict[str, Any]]:
    """What a run wrote down, but for how long it took."""
    lines = trainer.run.logged()
    return [{k: v for k, v in line.items() if "second" not in k} for line in lines]
