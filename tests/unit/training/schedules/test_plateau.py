from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim.lr_scheduler import ReduceLROnPlateau

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from tests.toy_loop import toy_trainer


def rates(trainer: Any) -> list[float]:
    return [line["learning_rate"] for line in trainer.run.logged() if "learning_rate" in line]


@given(
    st.lists(st.floats(0, 1), max_size=30),
    st.floats(0.1, 0.9),
    st.integers(0, 3),
    st.sampled_from([0.0, 0.05]),
    st.sampled_from([0.0, 0.2]),
)
def test_it_lowers_when_torch_would(
    values: list[float], factor: float, patience: int, min_gain: float, min_ratio: float
) -> None:
    ours = MENUS["schedule"].build(
        {
            "plateau": {
                "factor": factor,
                "patience": patience,
                "min_gain": min_gain,
                "min_ratio": min_ratio,
            }
        }
    )
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs = ReduceLROnPlateau(
        optimizer,
        mode="max",
        factor=factor,
        patience=patience,
        threshold=min_gain,
        threshold_mode="abs",
        min_lr=min_ratio,
        eps=0.0,
    )
    loop: Any = SimpleNamespace(goodness=lambda scores, metric: scores["value"])
    for value in values:
        ours.on_evaluation(loop, {"value": value})
        theirs.step(value)
        assert ours(9, 2, 20) == pytest.approx(optimizer.param_groups[0]["lr"])


def test_the_rate_of_a_run_falls_after_the_evaluations(tmp_path: Path) -> None:
    schedule = {"plateau": {"patience": 0, "min_gain": 10.0, "factor": 0.5}}
    evaluate = MENUS["callbacks"].build("evaluate")
    trainer = toy_trainer(tmp_path, schedule=schedule, callbacks=[evaluate], learning_rate=1e-3)
    trainer.fit()
    assert rates(trainer)[2:] == pytest.approx([1e-3] * 4 + [5e-4] * 3 + [2.5e-4] * 3)


def test_without_validation_it_is_refused(tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, schedule="plateau")
    trainer.parts = replace(trainer.parts, validate=None)
    with pytest.raises(UserError, match="plateau needs a share for data"):
        trainer.fit()
