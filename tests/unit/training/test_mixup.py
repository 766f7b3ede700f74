"""Rows that are mixed in hidden space: what comes of it, and that a run is still the same run."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.tasks.task import Targets
from luthier.training.checkpoints import moving_weights
from luthier.training.objectives.supervised import Supervised
from luthier.training.probe import Probe
from tests.loops import losses, make_model, make_trainer, read_mails

LOGITS = torch.randn(6, 3, generator=torch.Generator().manual_seed(1))
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
MIXED = {"supervised": {"mixup": 0.4}}


class _Task:
    """A task whose logits are what the batch says."""

    def __init__(self, kind: str = "classes", weights: Any = None):
        self.kind, self.weights = kind, weights

    def targets(self, batch: Any) -> Targets:
        return Targets(self.kind, batch["labels"], self.weights)  # type: ignore[arg-type]

    def forward(self, model: Any, batch: Any) -> torch.Tensor:
        return batch["logits"]

    def logits(self, output: torch.Tensor, batch: Any) -> torch.Tensor:
        return output


def loss_of(
    mixup: float, *, training: bool = True, task: _Task | None = None, **batch: torch.Tensor
) -> float:
    objective = Supervised(mixup=mixup)
    encoded: Any = SimpleNamespace(values={"labels": LABELS.numpy()}, tokens={})
    chosen: Any = task or _Task()
    objective.prepare(chosen, encoded)
    model: Any = SimpleNamespace(training=training)
    torch.manual_seed(5)
    return float(objective.loss_sum(model, {"logits": LOGITS, "labels": LABELS} | batch))


def test_the_loss_is_that_of_mixed_rows_for_both_their_labels() -> None:
    found = loss_of(0.4)
    torch.manual_seed(5)
    shape = torch.full((6,), 0.4, dtype=torch.float64)
    share = torch.distributions.Beta(shape, shape).sample().float()
    partner = torch.randperm(6)
    mixed = share[:, None] * LOGITS + (1 - share)[:, None] * LOGITS[partner]
    expected = share * cross_entropy(mixed, LABELS, reduction="none")
    expected += (1 - share) * cross_entropy(mixed, LABELS[partner], reduction="none")
    assert found == pytest.approx(float(expected.sum()), rel=1e-5)


def test_mixing_the_answers_is_mixing_what_enters_the_last_layer() -> None:
    torch.manual_seed(0)
    layer, hidden = torch.nn.Linear(8, 3), torch.randn(4, 8)
    share, partner = torch.rand(4, 1), torch.tensor([2, 0, 3, 1])
    inside = layer(share * hidden + (1 - share) * hidden[partner])
    outside = share * layer(hidden) + (1 - share) * layer(hidden)[partner]
    torch.testing.assert_close(inside, outside)


def test_out_of_training_nothing_is_mixed() -> None:
    assert loss_of(0.4, training=False) == loss_of(0.0)


def test_a_row_alone_is_its_own_partner() -> None:
    one = {"logits": LOGITS[:1], "labels": LABELS[:1]}
    assert loss_of(0.4, **one) == pytest.approx(loss_of(0.0, **one), rel=1e-6)


@pytest.mark.parametrize(
    ("kind", "batch"),
    [
        ("label_sets", {"labels": torch.eye(3).repeat(2, 1)}),
        ("numbers", {"logits": LOGITS[:, 0], "labels": LABELS.float()}),
    ],
)
def test_label_sets_and_numbers_are_mixed_too(kind: str, batch: dict[str, torch.Tensor]) -> None:
    found = loss_of(0.4, task=_Task(kind), **batch)
    assert np.isfinite(found)
    assert found != loss_of(0.0, task=_Task(kind), **batch)


def test_weights_go_with_the_labels() -> None:
    silent = torch.zeros(6)
    assert loss_of(0.4, task=_Task(weights=silent)) == 0


@pytest.mark.parametrize("column", ["tokens", "lists"])
def test_a_task_without_one_target_a_row_is_refused(column: str) -> None:
    encoded: Any = SimpleNamespace(values={}, tokens={}, lists={})
    getattr(encoded, column)["labels"] = LABELS.numpy()
    task: Any = _Task()
    with pytest.raises(UserError, match=r"mixup: only a task with one label or number a row"):
        Supervised(mixup=0.2).prepare(task, encoded)


def test_r_drop_and_mixup_exclude_each_other() -> None:
    encoded: Any = SimpleNamespace(values={"labels": LABELS.numpy()}, tokens={})
    task: Any = _Task()
    with pytest.raises(UserError, match="exclude each other"):
        Supervised(mixup=0.2, r_drop=1.0).prepare(task, encoded)


def trained(bert: Path, mails: Path, folder: Path, **plan: Any) -> Any:
    rows = read_mails(mails)[:48]
    trainer = make_trainer(make_model(bert, rows), rows, folder, objective=MIXED, **plan)
    trainer.fit()
    return trainer


def test_the_same_run_ends_with_the_same_weights(
    tiny_bert: Path, mails: Path, tmp_path: Path
) -> None:
    one, other = (trained(tiny_bert, mails, tmp_path / part) for part in "ab")
    theirs = moving_weights(other.parts.model)
    assert losses(one) == losses(other)
    assert all(torch.equal(w, theirs[name]) for name, w in moving_weights(one.parts.model).items())


def test_rows_one_by_one_are_not_mixed(tiny_bert: Path, mails: Path, tmp_path: Path) -> None:
    rows = read_mails(mails)[:48]
    seen = []
    for objective in (MIXED, "supervised"):
        model = make_model(tiny_bert, rows, dropout=0.0)
        trainer = make_trainer(
            model,
            rows,
            tmp_path / str(len(seen)),
            objective=objective,
            micro_batch_size=1,
            num_epochs=1,
        )
        trainer.fit()
        seen.append(losses(trainer))
    assert seen[0] == pytest.approx(seen[1], abs=1e-5)


def test_the_precision_is_not_chosen_by_chance(
    tiny_bert: Path, mails: Path, tmp_path: Path
) -> None:
    rows = read_mails(mails)[:48]
    model = make_model(tiny_bert, rows)
    trainer = make_trainer(model, rows, tmp_path, objective=MIXED)
    probe = Probe(model, trainer.parts.objective, trainer.parts.train, trainer.plan)
    losses_of = [probe._loss(_trial(model), probe._batches()) for _ in range(2)]
    assert losses_of[0] == losses_of[1]


def test_the_option_is_in_the_menu() -> None:
    assert "mixup" in MENUS["objective"].schema("supervised").model_fields


def _trial(model: Any) -> Any:
    from luthier.training.probe import Trial

    return Trial(model.precision, torch.get_num_threads())
