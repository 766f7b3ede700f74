"""What 8 bits cost is told by validation rows, never by test rows."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.dataset import Dataset
from luthier.evaluation import int8_cost as module
from luthier.evaluation.int8_cost import Int8Cost, quantise
from luthier.evaluation.predict import Model
from luthier.models.int8 import Int8Linear
from luthier.models.precision import choose_precision
from luthier.tasks.library.text_classification import TextClassification
from tests.datasets import distinct, prepared
from tests.tiny import make_model, tokenizer_of

COST = Int8Cost(500, 0.992, "accuracy", (0.914, 0.912), (210.0, 350.0))


def made(folder: Path, **split: float) -> tuple[Model, Dataset]:
    shares = {"validation": 0.3, "test": 0.3} | split
    dataset = prepared(folder, distinct(60), split=shares)
    task = TextClassification()
    task.learn(dataset.rows("train"))
    network = make_model("bert", "AutoModelForSequenceClassification", num_labels=2)
    return Model(network, tokenizer_of("bert"), task, 32, choose_precision("fp32")), dataset


def test_the_model_answers_in_8_bits_afterwards(tmp_path: Path) -> None:
    rounded, cost = quantise(*made(tmp_path))
    assert any(isinstance(part, Int8Linear) for part in rounded.network.modules())
    assert cost is not None
    assert cost.metric == "f1"
    assert 0 <= cost.equal <= 1
    assert min(cost.rows_a_second) > 0


def test_only_validation_rows_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, dataset = made(tmp_path)
    asked: list[str] = []
    read = Dataset.rows

    def spy(self: Dataset, split: str) -> object:
        asked.append(split)
        return read(self, split)

    monkeypatch.setattr(Dataset, "rows", spy)
    _, cost = quantise(model, dataset)
    assert set(asked) == {"validation"}
    assert cost is not None
    assert cost.rows == dataset.num_rows("validation")


def test_of_many_rows_some_are_asked_from_all_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, dataset = made(tmp_path)
    monkeypatch.setattr(module, "_ROWS", 4)
    there: list[Row] = list(dataset.rows("validation"))
    found = list(module._validation(dataset, 4))
    assert [there.index(row) for row in found] == [i * len(there) // 4 for i in range(4)]
    _, cost = quantise(model, dataset)
    assert cost is not None
    assert cost.rows == 4


def test_without_validation_rows_the_cost_is_unknown(tmp_path: Path) -> None:
    rounded, cost = quantise(*made(tmp_path, validation=0.0))
    assert cost is None
    assert any(isinstance(part, Int8Linear) for part in rounded.network.modules())


def test_a_model_on_a_gpu_is_refused(tmp_path: Path) -> None:
    model, dataset = made(tmp_path)
    away = replace(model.precision, device=torch.device("cuda"))
    with pytest.raises(UserError, match="--int8: is for the processor"):
        quantise(replace(model, precision=away), dataset)


def test_the_cost_is_told_in_a_sentence() -> None:
    assert COST.sentence == (
        "int8 on 500 validation rows: 99.2% of the answers are the same, accuracy 0.912 instead of "
        "0.914, 350 rows a second instead of 210."
    )


def test_a_loss_of_speed_is_told_too() -> None:
    slower = replace(COST, rows_a_second=(350.0, 210.0))
    assert slower.sentence.endswith("It is slower on this machine: leave --int8 out.")
