"""A run that is over leaves nothing of its model behind: many runs in one process stay small."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedModel

from luthier.training.train import train

ADAPTERS: dict[str, Any] = {
    "full": "full",
    "head": "head",
    "top_layers": {"top_layers": {"count": 1}},
    "lora": {"lora": {"rank": 2, "alpha": 4}},
}


@pytest.fixture
def no_collection() -> Iterator[None]:
    """What only a full collection would free lives on, as it does for many runs without this."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive() -> dict[str, int]:
    kinds = (PreTrainedModel, torch.nn.Parameter, torch.optim.Optimizer)
    there = [type(one) for one in gc.get_objects()]
    return {kind.__name__: sum(issubclass(one, kind) for one in there) for kind in kinds}


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.usefixtures("no_collection")
def test_a_finished_run_is_freed_at_once(
    adapter: str, mails: Path, tiny_bert: Path, tmp_path: Path
) -> None:
    before = alive()
    train(
        {
            "task": "text_classification",
            "data": {"source": str(mails)},
            "model": {"base": str(tiny_bert), "max_length": 32},
            "adapter": ADAPTERS[adapter],
            "training": {"num_epochs": 1, "batch_size": 16, "precision": "fp32"},
            "callbacks": ["keep_best"],
            "run": {"folder": str(tmp_path / "run")},
        }
    )
    assert alive() == before
