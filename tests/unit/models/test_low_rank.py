"""Which linear maps a recipe's words pick."""

from typing import Any

import pytest

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.models.low_rank import Targets, layer_maps, low_rank_config
from tests.tiny import make_model

CLASSIFIER, CAUSAL = "AutoModelForSequenceClassification", "AutoModelForCausalLM"
LAST_PARTS = {
    "bert": {"query", "key", "value", "dense"},
    "distilbert": {"q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin2"},
    "gpt2": {"c_attn", "c_proj", "c_fc"},
    "llama": {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"},
    "t5": {"q", "k", "v", "o", "wi", "wo"},
    "bart": {"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"},
}


def updated(family: str, auto_class: str, **options: Any) -> set[str]:
    """Names of the linear maps that got an update."""
    network = (
        MENUS["adapter"].build({"lora": options}).apply(make_model(family, auto_class), seed=0)
    )
    names = [n.removeprefix("base_model.model.") for n, _ in network.named_parameters()]
    return {name.partition(".lora_A")[0] for name in names if ".lora_A" in name}


@pytest.mark.parametrize("family", LAST_PARTS)
def test_all_linear_maps_of_the_layers_are_updated_and_no_head(family: str) -> None:
    model = make_model(family, CLASSIFIER)
    assert {name.rpartition(".")[2] for name in layer_maps(model)} == LAST_PARTS[family]
    assert updated(family, CLASSIFIER) == set(layer_maps(model))


def test_ends_of_names_pick_linear_maps() -> None:
    found = updated("llama", CAUSAL, target_modules=["self_attn.q_proj", "v_proj"])
    assert found == {f"model.layers.{i}.self_attn.{p}_proj" for i in range(3) for p in ("q", "v")}


def test_an_end_must_begin_where_a_part_begins() -> None:
    with pytest.raises(UserError, match="no linear map `proj`"):
        updated("llama", CAUSAL, target_modules=["proj"])


def test_a_wrong_name_is_told_with_the_nearest_right_one() -> None:
    sentence = r"adapter\.lora\.target_modules: no linear map `qproj` there\. Did you mean `q_proj`"
    with pytest.raises(UserError, match=sentence):
        updated("llama", CAUSAL, target_modules=["qproj"])


def test_layers_are_counted_from_the_top() -> None:
    found = updated("llama", CAUSAL, layers=2)
    assert {name.split(".")[2] for name in found} == {"1", "2"}


def test_top_layers_of_an_encoder_decoder_are_the_decoders() -> None:
    found = updated("bart", "AutoModelForSeq2SeqLM", layers=1)
    assert {name.partition("layers.2.")[0] for name in found} == {"model.decoder."}


def test_more_layers_than_there_are_is_refused() -> None:
    with pytest.raises(UserError, match=r"adapter\.lora\.layers: 4, but the model has 3 layers"):
        updated("llama", CAUSAL, layers=4)


def test_a_list_of_targets_may_not_be_empty() -> None:
    with pytest.raises(UserError, match="target_modules"):
        MENUS["adapter"].build({"lora": {"target_modules": []}})


@pytest.mark.parametrize(("family", "transposed"), [("gpt2", True), ("llama", False)])
def test_peft_is_told_how_the_weights_lie(family: str, transposed: bool) -> None:
    config = low_rank_config(make_model(family, CAUSAL), Targets("adapter.lora", None, None))
    assert config.fan_in_fan_out is transposed


def test_rslora_scales_by_the_root_of_the_rank() -> None:
    network = (
        MENUS["adapter"]
        .build({"lora": {"rank": 4, "alpha": 8, "rslora": True}})
        .apply(make_model("llama", CAUSAL), seed=0)
    )
    scales = {m.scaling["default"] for m in network.modules() if hasattr(m, "lora_A")}
    assert scales == {4.0}
