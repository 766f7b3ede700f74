"""The processes that train one model together: who they are, and what they tell each other."""

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from typing import TypeVar, final

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.tensor import DTensor

from luthier.core.errors import UserError

T = TypeVar("T")

_PATIENCE = timedelta(hours=1)
"""How long the others wait for a process that lives and says nothing: it may prepare data, or judge
it. That a process has died they learn at once."""
_BUCKET = 2**23
"""Gradients that are summed in one message, 32 MB of them: enough to hide what a message costs."""


class Crew(ABC):
    """The processes that train one model together; the loop does not know who launched them.

    Each takes its share of the rows of a step, all have the same weights before it and after it.
    What is written, process 0 writes.

    Attributes:
        rank: this process, from 0.
        size: how many there are.
        neighbours: how many of them share this machine.
    """

    rank: int = 0
    size: int = 1
    neighbours: int = 1

    @property
    def writes(self) -> bool:
        """Whether this is the process that writes the run folder."""
        return self.rank == 0

    @abstractmethod
    def totals(self, *numbers: float) -> Iterable[float]:
        """Sums over all processes, the same in all of them."""

    @abstractmethod
    def once(self, decide: Callable[[], T]) -> T:
        """What process 0 decides, in all of them, to the bit; it must be JSON."""

    @abstractmethod
    def wait(self) -> None:
        """Go on when all have come here."""

    @abstractmethod
    def in_turn(self) -> AbstractContextManager[object]:
        """Process 0 does what is in the block, then all the others do; none goes on before that."""

    @abstractmethod
    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Put the sum over all processes in the place of each gradient.

        A parameter that has no gradient in some of them counts 0 there; one that has none in all
        keeps none. Parameters that lie in parts are left out: their gradients are sums already.
        """


@final
class Alone(Crew):
    """A single process: nothing to sum, nobody to wait for."""

    def totals(self, *numbers: float) -> Iterable[float]:
        """The numbers themselves."""
        return numbers

    def once(self, decide: Callable[[], T]) -> T:
        """Decide."""
        return decide()

    def wait(self) -> None:
        """Go on."""

    def in_turn(self) -> AbstractContextManager[object]:
        """Do it."""
        return nullcontext()

    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Leave them."""


ALONE = Alone()


@final
class Processes(Crew):
    """Several processes, of the default group of `torch.distributed`.

    Numbers go over gloo, also where tensors go over nccl: a processor waits for them anyway, and
    gloo tells at once when another process has died.
    """

    def __init__(self) -> None:
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        self.neighbours = int(os.environ.get("LOCAL_WORLD_SIZE", 1))
        is_gloo = dist.get_backend() == "gloo"
        self._numbers = dist.group.WORLD if is_gloo else dist.new_group(None, _PATIENCE, "gloo")

    def totals(self, *numbers: float) -> Iterable[float]:
        """Sums in double precision."""
        found = torch.tensor(numbers, dtype=torch.float64)
        dist.all_reduce(found, group=self._numbers)
        return [float(number) for number in found]

    def once(self, decide: Callable[[], T]) -> T:
        """Send it as JSON, whose floats read back as they were."""
        text = json.dumps(decide()).encode() if self.writes else b""
        (length,) = self.totals(len(text))
        message = torch.zeros(int(length), dtype=torch.uint8)
        if self.writes:
            message = torch.frombuffer(bytearray(text), dtype=torch.uint8)
        dist.broadcast(message, src=0, group=self._numbers)
        found: T = json.loads(message.numpy().tobytes())
        return found

    def wait(self) -> None:
        """Sum nothing, which ends when all have done it."""
        self.totals(0)

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """Wait before, or behind; and all wait for the last, who may need what the first left."""
        if not self.writes:
            self.wait()
        yield
        if self.writes:
            self.wait()
        self.wait()

    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Sum buckets, each of many gradients end to end."""
        whole = [p for p in parameters if p.requires_grad and not isinstance(p, DTensor)]
        bucket: list[nn.Parameter] = []
        held = 0
        for parameter in whole:
            bucket.append(parameter)
            held += parameter.numel()
            if held >= _BUCKET:
                _sum_bucket(bucket)
                bucket, held = [], 0
        if bucket:
            _sum_bucket(bucket)


def _sum_bucket(bucket: list[nn.Parameter]) -> None:
    """Sum the gradients of some parameters, and behind them how many processes have each."""
    there = torch.tensor([float(p.grad is not None) for p in bucket], device=bucket[0].device)
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in bucket]
    flat = torch.cat([*(gradient.reshape(-1) for gradient in gradients), there])
    dist.all_reduce(flat)
    *sums, there = flat.split([p.numel() for p in bucket] + [len(bucket)])
    for parameter, found, count in zip(bucket, sums, there.tolist(), strict=True):
        parameter.grad = found.view_as(parameter).to(parameter.dtype) if count else None


@contextmanager
def joined() -> Iterator[Crew]:
    """The crew that this process belongs to, from the environment that launchers set.

    That is RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT, as torchrun sets them. A
    launcher that has set up `torch.distributed` by itself is taken as it is.

    Raises:
        UserError: another process has ended, or hangs.
    """
    is_there = dist.is_initialized()
    if not is_there and int(os.environ.get("WORLD_SIZE", 1)) == 1:
        yield ALONE
        return
    try:
        if not is_there:
            _launch()
        yield Processes()
    except RuntimeError as error:
        if not _is_of_the_line(error):
            raise
        raise UserError(
            "Another process of this run has ended, or answers no more; what it said tells why. "
            "Then continue with --resume."
        ) from error
    finally:
        if not is_there and dist.is_initialized():
            dist.destroy_process_group()


def _launch() -> None:
    has_cuda = torch.cuda.is_available()
    if has_cuda:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))
    dist.init_process_group("nccl" if has_cuda else "gloo", timeout=_PATIENCE)


def _is_of_the_line(error: RuntimeError) -> bool:
    """Whether it is about the line between the processes; gloo's errors have no class."""
    return isinstance(error, dist.DistError) or "gloo" in str(error)
