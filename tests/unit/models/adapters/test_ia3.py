"""IA3 on models that PEFT knows, and on others."""

import pytest
import torch

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.models.merge import merge
from tests.tiny import make_model

CLASSIFIER = "AutoModelForSequenceClassification"
OPTIONS = {"target_modules": ["k_lin", "v_lin", "lin2"], "feedforward_modules": ["lin2"]}


def test_named_linear_maps_are_scaled_where_peft_knows_none() -> None:
    network = (
        MENUS["adapter"].build({"ia3": OPTIONS}).apply(make_model("distilbert", CLASSIFIER), seed=0)
    )
    scaled = {
        n.split(".")[-3] for n, _ in network.named_parameters() if n.endswith("ia3_l.default")
    }
    assert scaled == {"k_lin", "v_lin", "lin2"}


def test_feed_forward_is_scaled_where_it_begins() -> None:
    network = (
        MENUS["adapter"].build({"ia3": OPTIONS}).apply(make_model("distilbert", CLASSIFIER), seed=0)
    )
    shapes = {n.split(".")[-3]: p.shape for n, p in network.named_parameters() if "ia3_l" in n}
    assert shapes == {"k_lin": (16, 1), "v_lin": (16, 1), "lin2": (1, 32)}


def test_a_head_of_several_layers_survives_merging() -> None:
    network = MENUS["adapter"].build("ia3").apply(make_model("roberta", CLASSIFIER), seed=0)
    tokens = torch.randint(6, 40, (2, 5))
    expected = network.eval()(input_ids=tokens).logits
    merged = merge(network)(input_ids=tokens).logits
    torch.testing.assert_close(merged, expected, rtol=0, atol=1e-5)


def test_feed_forward_modules_must_be_targets() -> None:
    wrong = {"target_modules": ["k_lin"], "feedforward_modules": ["lin2"]}
    with pytest.raises(UserError, match="lin2 must be among target_modules too"):
        MENUS["adapter"].build({"ia3": wrong}).apply(make_model("distilbert", CLASSIFIER), seed=0)
