"""Bottlenecks behind the sublayers of every kind of transformer."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.models.bottleneck import Bottleneck, bottleneck_sizes, sublayer_ends
from luthier.models.load import load_tuned
from luthier.models.save import save_model
from tests.tiny import make_model, tokenizer_of

CLASSIFIER = "AutoModelForSequenceClassification"
ENDS = {
    "bert": ("attention.output.dense", "output.dense"),
    "distilbert": ("attention.out_lin", "ffn.lin2"),
    "roberta": ("attention.output.dense", "output.dense"),
    "gpt2": ("attn.c_proj", "mlp.c_proj"),
    "llama": ("self_attn.o_proj", "mlp.down_proj"),
    "qwen2": ("self_attn.o_proj", "mlp.down_proj"),
}


def layer_ends(model: nn.Module, placement: Any, layer: str) -> list[str]:
    return [e.partition(layer)[2] for e in sublayer_ends(model, placement) if layer in e]


@pytest.mark.parametrize("family", ENDS)
def test_houlsby_stands_behind_attention_and_feed_forward(family: str) -> None:
    model = make_model(family, CLASSIFIER)
    assert tuple(layer_ends(model, "houlsby", ".0.")) == ENDS[family]


@pytest.mark.parametrize("family", ENDS)
def test_pfeiffer_stands_behind_feed_forward_only(family: str) -> None:
    model = make_model(family, CLASSIFIER)
    assert layer_ends(model, "pfeiffer", ".0.") == [ENDS[family][1]]


def test_a_decoder_has_one_behind_cross_attention_too() -> None:
    t5 = make_model("t5", "AutoModelForSeq2SeqLM")
    assert layer_ends(t5, "houlsby", "decoder.block.2.layer.") == [
        "0.SelfAttention.o",
        "1.EncDecAttention.o",
        "2.DenseReluDense.wo",
    ]
    bart = make_model("bart", "AutoModelForSeq2SeqLM")
    assert layer_ends(bart, "houlsby", "decoder.layers.2.") == [
        "self_attn.out_proj",
        "encoder_attn.out_proj",
        "fc2",
    ]


def test_both_stacks_of_an_encoder_decoder_get_them() -> None:
    ends = sublayer_ends(make_model("t5", "AutoModelForSeq2SeqLM"), "houlsby")
    assert len(ends) == 3 * 2 + 3 * 3


def test_layers_of_another_make_are_refused() -> None:
    class Plain(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(2, 2)])

    with pytest.raises(UserError, match="not made of attention and linear maps"):
        sublayer_ends(Plain(), "pfeiffer")


def test_it_starts_as_the_identity() -> None:
    x = torch.randn(2, 3, 8)
    assert torch.equal(Bottleneck(8, 2)(x), x)


def test_it_computes_the_papers_equation() -> None:
    adapter, x = Bottleneck(4, 2), torch.randn(3, 4)
    nn.init.normal_(adapter.up.weight)
    down = (x @ adapter.down.weight.T + adapter.down.bias).clamp(min=0)
    expected = x + down @ adapter.up.weight.T + adapter.up.bias
    torch.testing.assert_close(adapter(x), expected)


def adapted(**options: Any) -> Any:
    made = MENUS["adapter"].build({"bottleneck": options})
    return made.apply(make_model("bert", CLASSIFIER), seed=0)


@pytest.mark.parametrize(("reduction", "size"), [(1, 16), (4, 4), (16, 1), (100, 1)])
def test_the_reduction_divides_the_models_width(reduction: int, size: int) -> None:
    assert set(bottleneck_sizes(adapted(reduction=reduction)).values()) == {size}


def test_only_what_moves_is_saved(tmp_path: Path) -> None:
    network = adapted(reduction=4)
    save_model(network, tokenizer_of("bert"), tmp_path / "saved", base="catalog:tiny")
    weights = load_file(tmp_path / "saved" / "bottleneck.safetensors")
    assert weights.keys() == {n for n, p in network.named_parameters() if p.requires_grad}


def test_the_base_is_named_as_the_recipe_names_it(tmp_path: Path) -> None:
    save_model(adapted(), tokenizer_of("bert"), tmp_path / "saved", base="catalog:tiny")
    config = json.loads((tmp_path / "saved" / "bottleneck_config.json").read_text())
    assert config["base_model_name_or_path"] == "catalog:tiny"


def test_they_are_frozen_when_they_are_loaded(tmp_path: Path) -> None:
    base = tmp_path / "base"
    make_model("bert", CLASSIFIER).save_pretrained(base)
    save_model(adapted(), tokenizer_of("bert"), tmp_path / "saved", base="x")
    again = load_tuned(str(tmp_path / "saved"), str(base), CLASSIFIER, {}, seed=0)
    assert not [name for name, p in again.named_parameters() if p.requires_grad]


def test_another_base_is_refused(tmp_path: Path) -> None:
    make_model("bert", CLASSIFIER, num_labels=5).save_pretrained(tmp_path / "base")
    save_model(adapted(), tokenizer_of("bert"), tmp_path / "saved", base="x")
    with pytest.raises(UserError, match="it is not its base"):
        load_tuned(str(tmp_path / "saved"), str(tmp_path / "base"), CLASSIFIER, {}, seed=0)
