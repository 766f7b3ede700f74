"""What a precision does to products, and where it may be used."""

from typing import get_args

import pytest
import torch

from luthier.core.config import TrainingSection
from luthier.core.errors import UserError
from luthier.models import precision
from luthier.models.precision import Precision, PrecisionName, at_hand, choose_precision

CPU = torch.device("cpu")


@pytest.fixture
def rounding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that rounds to bf16 what is said to be fp32, as those with matrix units do."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(precision, "onednn_error", lambda: 3e-3)


def test_the_recipe_knows_every_precision() -> None:
    written = get_args(TrainingSection.model_fields["precision"].annotation)
    assert set(written) == {"auto", *get_args(PrecisionName)}


def test_an_onednn_that_rounds_is_not_called_fp32(rounding: None) -> None:
    assert not precision.is_usable("fp32_onednn", CPU)
    with pytest.raises(UserError, match=r"training\.precision: fp32_onednn"):
        choose_precision("fp32_onednn")


def test_a_precision_of_another_machine_is_replaced_by_fp32(rounding: None) -> None:
    assert at_hand("fp32_onednn") == "fp32"


def test_rounding_to_bf16_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def rounded(one: torch.Tensor, other: torch.Tensor) -> float:
        exact = one.double() @ other.double()
        found = (one.bfloat16().float() @ other.bfloat16().float()).double()
        return float((found - exact).norm() / exact.norm())

    monkeypatch.setattr(precision, "_error", rounded)
    assert precision.onednn_error.__wrapped__() > 100 * precision.EXACT


def test_products_are_of_the_named_kind_inside_only() -> None:
    with Precision("fp32_onednn", CPU, "a test").autocast():
        assert torch.get_float32_matmul_precision() == "medium"
    assert torch.get_float32_matmul_precision() == "highest"


def test_fp32_is_fp32_whatever_the_process_was_told() -> None:
    with precision.restored():
        torch.set_float32_matmul_precision("medium")
        with Precision("fp32", CPU, "a test").autocast():
            assert torch.get_float32_matmul_precision() == "highest"


def test_what_is_applied_is_taken_back() -> None:
    with precision.restored():
        Precision("fp32_onednn", CPU, "a test").apply()
        assert torch.get_float32_matmul_precision() == "medium"
    assert torch.get_float32_matmul_precision() == "highest"


def test_bf16_is_an_autocast() -> None:
    with Precision("bf16", CPU, "a test").autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16
