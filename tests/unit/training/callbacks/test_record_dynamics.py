from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from luthier.core.config import MENUS
from luthier.core.records import Row
from luthier.evaluation.dynamics import NAME, Dynamics
from luthier.training.callback import Callback
from luthier.training.checkpoints import moving_weights, resume
from luthier.training.trainer import Trainer
from tests.loops import make_model, make_trainer, read_mails
from tests.toy_loop import Kill, Killed, same_weights


def recorder() -> Callback:
    built: Callback = MENUS["callbacks"].build("record_dynamics")
    return built


def run(
    bert: Path,
    rows: Sequence[Row],
    folder: Path,
    *more: Callback,
    dropout: float = 0.1,
    **plan: Any,
) -> Trainer:
    model = make_model(bert, rows, dropout=dropout)
    return make_trainer(model, rows, folder, callbacks=[recorder(), *more], **plan)


def table(trainer: Trainer) -> Dynamics:
    found = Dynamics.read(trainer.run.folder / NAME)
    assert found is not None
    return found


def by_id(found: Dynamics) -> dict[str, tuple[float, ...]]:
    columns = found.confidence, found.variability, found.correctness, found.forgetting
    return dict(zip(found.ids.tolist(), zip(*columns, strict=True), strict=True))


@pytest.fixture(scope="module")
def rows(mails: Path) -> list[Row]:
    return list({row.id: row for row in read_mails(mails)}.values())[:40]


def test_what_stands_still_has_the_confidence_of_its_model(
    tiny_bert: Path, rows: list[Row], tmp_path: Path
) -> None:
    trainer = run(tiny_bert, rows, tmp_path, dropout=0.0, learning_rate=0.0)
    trainer.fit()
    model = make_model(tiny_bert, rows, dropout=0.0)
    said = np.asarray(model.outputs(model.encode(rows)))
    labels = [model.task.labels.index(row["label"]) for row in rows]
    found = by_id(table(trainer))
    for row, probabilities, label in zip(rows, said, labels, strict=True):
        confidence, variability, correctness, forgetting = found[row.id]
        assert confidence == pytest.approx(probabilities[label], rel=1e-4)
        assert (variability, forgetting) == (pytest.approx(0, abs=1e-5), 0)
        assert correctness == (probabilities.argmax() == label)


def test_the_weights_end_as_without_it(tiny_bert: Path, rows: list[Row], tmp_path: Path) -> None:
    watched = run(tiny_bert, rows, tmp_path / "watched")
    plain = make_trainer(make_model(tiny_bert, rows, dropout=0.1), rows, tmp_path / "plain")
    for trainer in (watched, plain):
        trainer.fit()
    assert same_weights(moving_weights(watched.parts.model), moving_weights(plain.parts.model))


@pytest.mark.parametrize("killed_at", [1, 4, 5])
def test_a_killed_run_records_the_same(
    killed_at: int, tiny_bert: Path, rows: list[Row], tmp_path: Path
) -> None:
    whole = run(tiny_bert, rows, tmp_path / "whole", Kill())
    whole.fit()

    def part(kill: int) -> Trainer:
        made = run(tiny_bert, rows, tmp_path / "killed", Kill(kill))
        made.pace = type(made.pace)(2, 1.0, 1, save_every=2)
        return made

    with pytest.raises(Killed):
        part(killed_at).fit()
    again = part(0)
    resume(again, again.callbacks)
    again.fit()
    assert (again.run.folder / NAME).read_bytes() == (whole.run.folder / NAME).read_bytes()


def test_micro_batches_record_what_whole_batches_do(
    tiny_bert: Path, rows: list[Row], tmp_path: Path
) -> None:
    found = []
    for size in (16, 3):
        trainer = run(tiny_bert, rows, tmp_path / str(size), dropout=0.0, micro_batch_size=size)
        trainer.fit()
        found.append(by_id(table(trainer)))
    assert found[0].keys() == found[1].keys()
    for one in found[0]:
        assert found[0][one] == pytest.approx(found[1][one], abs=1e-3)


def test_every_row_is_counted_once_an_epoch(
    tiny_bert: Path, rows: list[Row], tmp_path: Path
) -> None:
    trainer = run(tiny_bert, rows, tmp_path, num_epochs=3)
    trainer.fit()
    found = table(trainer)
    assert sorted(found.ids.tolist()) == sorted(row.id for row in rows)
    assert set(found.epochs.tolist()) == {3}


def test_a_run_that_ends_early_tells_of_the_rows_it_saw(
    tiny_bert: Path, rows: list[Row], tmp_path: Path
) -> None:
    trainer = run(tiny_bert, rows, tmp_path, max_steps=1)
    trainer.fit()
    assert len(table(trainer)) == 16


def test_r_drop_is_recorded_too(tiny_bert: Path, rows: list[Row], tmp_path: Path) -> None:
    trainer = run(tiny_bert, rows, tmp_path, objective={"supervised": {"r_drop": 1.0}})
    trainer.fit()
    assert len(table(trainer)) == len(rows)


def test_the_file_of_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    given = Dynamics(
        ids=np.array(["a", "b"]),
        epochs=np.array([2, 3]),
        confidence=np.array([0.25, 0.5], np.float32),
        variability=np.array([0.1, 0.0], np.float32),
        correctness=np.array([0.5, 1.0], np.float32),
        forgetting=np.array([1, 0]),
    )
    given.write(tmp_path / NAME)
    assert by_id(table_of(tmp_path)) == by_id(given)


def table_of(folder: Path) -> Dynamics:
    found = Dynamics.read(folder / NAME)
    assert found is not None
    return found


def test_a_run_that_recorded_nothing_has_no_dynamics(tmp_path: Path) -> None:
    assert Dynamics.read(tmp_path / NAME) is None


class _Scripted:
    """A task and an objective's batches, as they are told by hand."""

    def __init__(self, owners: list[int]):
        self._owners = torch.tensor(owners)

    def owners(self, batch: Any) -> torch.Tensor:
        return self._owners


def tracked(batches: list[tuple[torch.Tensor, torch.Tensor]], owners: list[int], kind: Any) -> Any:
    """The dynamics of two rows that are asked in each batch, one batch an epoch."""
    from types import SimpleNamespace

    from luthier.tasks.task import Targets
    from luthier.training.batching import Plan
    from luthier.training.distributed import ALONE

    plan = Plan(np.array([2, 1]), batch_size=2, micro_batch_size=2, num_epochs=9, seed=0)
    train = SimpleNamespace(parts=np.ones(2, np.int64), ids=np.array([b"first", b"second"]))
    parts: Any = SimpleNamespace(task=_Scripted(owners), objective=SimpleNamespace(), train=train)
    position = SimpleNamespace(step=0)
    loop: Any = SimpleNamespace(parts=parts, plan=plan, crew=ALONE, position=position)
    found: Any = recorder()
    found.on_start(loop)
    for logits, labels in batches:
        batch = {"attention_mask": torch.ones(2, 1)}
        tell = parts.objective.watch(batch, Targets(kind, labels))
        tell(logits[:1], slice(0, 1))
        tell(logits[1:], slice(1, None))
        position.step += 1
        found.on_step(loop)
    return found._tracks.dynamics(train)


def of(probability: float) -> list[float]:
    return [float(np.log(probability)), float(np.log(1 - probability))]


def test_the_numbers_are_those_of_their_definitions() -> None:
    told = [(0.2, 0.9), (0.8, 0.9), (0.4, 0.9), (0.6, 0.9)]
    batches = [(torch.tensor([of(a), of(b)]), torch.tensor([0, 0])) for a, b in told]
    found = by_id(tracked(batches, [0, 1], "classes"))
    assert found["first"] == pytest.approx((0.5, np.std([0.2, 0.8, 0.4, 0.6]), 0.5, 1))
    assert found["second"] == pytest.approx((0.9, 0.0, 1.0, 0), abs=1e-4)


def test_a_row_of_several_targets_counts_by_their_mean() -> None:
    logits = torch.tensor([of(0.9), of(0.5001), of(0.3)])
    batches = [(logits, torch.tensor([0, 0, 0]))] * 2
    found = by_id(tracked(batches, [0, 0, 1], "classes"))
    assert found["first"][:3] == pytest.approx((0.70005, 0, 1), abs=1e-4)
    assert found["second"][:3] == pytest.approx((0.3, 0, 0), abs=1e-4)


def test_of_label_sets_all_labels_must_be_right() -> None:
    logits = torch.tensor([[2.0, -2.0], [2.0, 2.0]])
    batches = [(logits, torch.tensor([[1.0, 0.0], [1.0, 0.0]]))]
    found = by_id(tracked(batches, [0, 1], "label_sets"))
    yes = 1 / (1 + np.exp(-2.0))
    assert found["first"][0] == pytest.approx(yes)
    assert found["second"][0] == pytest.approx(np.sqrt(yes * (1 - yes)))
    assert [found[row][2] for row in ("first", "second")] == [1, 0]


def test_what_other_processes_told_is_recorded_too() -> None:
    from types import SimpleNamespace

    from luthier.tasks.task import Targets
    from luthier.training.batching import Plan

    plan = Plan(np.array([2, 1]), batch_size=2, micro_batch_size=1, num_epochs=1, seed=0)

    def totals(*numbers: float) -> list[float]:
        return [own + other for own, other in zip(numbers, [0, 0, 0, 0.25, 0, 1], strict=True)]

    train = SimpleNamespace(parts=np.ones(2, np.int64), ids=np.array([b"first", b"second"]))
    parts: Any = SimpleNamespace(task=_Scripted([0]), objective=SimpleNamespace(), train=train)
    crew = SimpleNamespace(rank=0, size=2, totals=totals)
    loop: Any = SimpleNamespace(parts=parts, plan=plan, crew=crew, position=SimpleNamespace(step=1))
    found: Any = recorder()
    found.on_start(loop)
    labels = torch.tensor([0])
    tell = parts.objective.watch({"attention_mask": torch.ones(1, 1)}, Targets("classes", labels))
    tell(torch.tensor([of(0.75)]), slice(None))
    found.on_step(loop)
    mine, theirs = plan.batches(0)[0]
    confidence = found._tracks.dynamics(train).confidence
    assert (confidence[mine], confidence[theirs]) == (pytest.approx(0.75), pytest.approx(0.25))
