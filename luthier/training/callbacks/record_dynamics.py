"""Record how each training row is taken: confidence, variability, correctness, forgetting."""

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from luthier.evaluation.dynamics import NAME, Dynamics
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Batch, Targets, Task
from luthier.training.batching import Rows
from luthier.training.callback import Callback, Loop
from luthier.training.losses import plain_loss
from luthier.training.objective import Part

Floats = NDArray[np.float32]


class _Told:
    """What one batch told: of each of its M targets p(reference), and whether it was right."""

    def __init__(self, owners: Tensor, size: int):
        self._owners, self._size = owners, size
        self._found: list[Tensor] = []

    def add(self, probabilities: Tensor, right: Tensor) -> None:
        """Take in the next targets."""
        self._found.append(torch.stack([probabilities, right.float(), torch.ones_like(right)], 1))

    def sums(self) -> NDArray[np.float64]:
        """(B, 3): of each example the sum of p, right targets, targets; the same every time."""
        sums = torch.zeros(self._size, 3, dtype=torch.float64)
        if len(self._owners) and self._found:
            found = torch.cat(self._found).double().cpu()
            # R-Drop passes the same targets twice: each pass counts as one half.
            owners = self._owners.cpu().repeat(len(found) // len(self._owners))
            sums.index_add_(0, owners, found)
        return sums.numpy()


class _Tracks:
    """What is kept of N examples: 17 bytes each."""

    def __init__(self, size: int):
        self.arrays: dict[str, NDArray[Any]] = {
            "epochs": np.zeros(size, np.int16),
            "mean": np.zeros(size, np.float32),
            "squares": np.zeros(size, np.float32),
            "right": np.zeros(size, np.float32),
            "was_right": np.zeros(size, np.uint8),
            "forgotten": np.zeros(size, np.int16),
        }

    def add(self, rows: Rows, probability: Floats, right: Floats) -> None:
        """Take in one epoch of some examples; mean and squares as Welford (1962) has them."""
        held = self.arrays
        held["epochs"][rows] += 1
        apart = probability - held["mean"][rows]
        held["mean"][rows] += apart / held["epochs"][rows]
        held["squares"][rows] += apart * (probability - held["mean"][rows])
        held["right"][rows] += right
        is_right = right == 1
        held["forgotten"][rows] += (held["was_right"][rows] == 1) & ~is_right
        held["was_right"][rows] = is_right

    def dynamics(self, train: Encoded) -> Dynamics:
        """The same by rows: the mean over a row's examples, and all its forgetting events."""
        owner = np.repeat(np.arange(len(train.parts)), train.parts)
        seen = np.flatnonzero(self.arrays["epochs"])
        held = {name: array[seen] for name, array in self.arrays.items()}
        rows, first, of_row = np.unique(owner[seen], return_index=True, return_inverse=True)
        count = np.bincount(of_row, minlength=len(rows))

        def mean(values: NDArray[Any]) -> Floats:
            sums = np.bincount(of_row, values, len(rows))
            return (sums / count).astype(np.float32)

        return Dynamics(
            ids=train.ids[seen[first]].astype(np.str_),
            epochs=held["epochs"][first].astype(np.int64),
            confidence=mean(held["mean"]),
            variability=mean(np.sqrt(held["squares"] / held["epochs"])),
            correctness=mean(held["right"] / held["epochs"]),
            forgetting=np.bincount(of_row, held["forgotten"], len(rows)).astype(np.int64),
        )


@final
class RecordDynamics(Callback):
    """Keep, of each training row, what the model made of it at the step that learnt from it.

    The probability is exp(-l), l the usual loss of a target without smoothing: p of the reference;
    of label sets the geometric mean of p over all labels. A row of several targets, such as tags or
    tokens, counts by their mean, and is right if all of them are. The logits are those of the step
    itself (so with its dropout), as in Swayamdipta et al. (2020): nothing is computed twice, and
    the weights end as without. Numbers have no probability; of them nothing is recorded.

    The run folder gets dynamics.parquet (see `Dynamics`), which `luthier audit` reads.
    """

    def __init__(self) -> None:
        self._told: list[_Told] = []
        self._tracks: _Tracks | None = None
        self._task: Task
        self._epoch = -1
        self._batches: Sequence[Rows] = ()

    def on_start(self, loop: Loop) -> None:
        """Begin to watch the loss."""
        self._task = loop.parts.task
        loop.parts.objective.watch = self._watch
        if self._tracks is None:
            self._tracks = _Tracks(len(loop.plan.lengths))

    def _watch(self, batch: Batch, targets: Targets) -> Part | None:
        owners = self._task.owners(batch)
        if owners is None or targets.kind == "numbers":
            return None
        told = _Told(owners, len(batch["attention_mask"]))
        self._told.append(told)
        loss = plain_loss(targets.kind)

        def take(logits: Tensor, part: slice) -> None:
            said, labels = logits.detach(), targets.labels[part]
            if targets.kind == "classes":
                right = said.argmax(dim=-1) == labels
            else:
                right = ((said > 0) == (labels == 1)).all(dim=-1)
            told.add(loss(said, labels).neg().exp(), right)

        return take

    def on_step(self, loop: Loop) -> None:
        """Write down what the step told of its rows."""
        told, self._told = self._told, []
        if not told:
            return
        rows = self._rows_of(loop)
        found = np.zeros((len(rows), 3))
        places = loop.plan.micro_batches(np.arange(len(rows)), loop.crew.rank, loop.crew.size)
        for some, batch in zip(places, told, strict=True):
            if len(some):  # else the batch only kept step with those of other processes
                found[some] = batch.sums()
        if loop.crew.size > 1:
            found = np.reshape(list(loop.crew.totals(*found.ravel().tolist())), found.shape)
        asked = found[:, 2] > 0
        probability, right = (found[asked, :2] / found[asked, 2:]).astype(np.float32).T
        assert self._tracks is not None
        self._tracks.add(rows[asked], probability, right)

    def _rows_of(self, loop: Loop) -> Rows:
        epoch, number = divmod(loop.position.step - 1, loop.plan.steps_per_epoch)
        if epoch != self._epoch:
            self._epoch, self._batches = epoch, loop.plan.batches(epoch)
        return self._batches[number]

    def on_end(self, loop: Loop) -> None:
        """Write the table, if anything was told."""
        assert self._tracks is not None
        if loop.run.writes and self._tracks.arrays["epochs"].any():
            self._tracks.dynamics(loop.parts.train).write(loop.run.folder / NAME)

    def tensors(self) -> dict[str, Tensor]:
        """What was recorded so far."""
        assert self._tracks is not None
        return {name: torch.from_numpy(array) for name, array in self._tracks.arrays.items()}

    def restore_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Take it back."""
        self._tracks = _Tracks(0)
        self._tracks.arrays = {name: tensor.numpy().copy() for name, tensor in tensors.items()}
