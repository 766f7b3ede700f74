import re
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    BartConfig,
    ElectraConfig,
    LlamaConfig,
    T5Config,
)

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.training.parameter_groups import layer_stacks, parameter_groups
from tests.toy_loop import toy_model

SIZES = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 50}


def rates(model: torch.nn.Module, **options: Any) -> dict[str, float]:
    names = {id(p): name for name, p in model.named_parameters()}
    found = parameter_groups(model, 1.0, 0.1, **options)
    return {names[id(p)]: group["lr"] for group in found for p in group["params"]}


def decays(model: torch.nn.Module, **options: Any) -> dict[str, float]:
    names = {id(p): name for name, p in model.named_parameters()}
    found = parameter_groups(model, 1.0, 0.1, **options)
    return {names[id(p)]: group["weight_decay"] for group in found for p in group["params"]}


def compiled(groups: dict[str, dict[str, float]]) -> dict[re.Pattern[str], dict[str, float]]:
    return {re.compile(pattern): settings for pattern, settings in groups.items()}


def test_the_rate_falls_from_the_head_to_the_embeddings() -> None:
    found = rates(toy_model(layers=3), layer_decay=0.5)
    assert {
        "classifier.weight": 1.0,
        "bert.pooler.dense.bias": 1.0,
        "bert.encoder.layer.2.attention.self.query.weight": 0.5,
        "bert.encoder.layer.0.output.LayerNorm.weight": 0.125,
        "bert.embeddings.word_embeddings.weight": 0.0625,
        "bert.embeddings.LayerNorm.bias": 0.0625,
    }.items() <= found.items()
    assert len(set(found.values())) == 5


def test_what_widens_embeddings_lies_with_them() -> None:
    config = ElectraConfig(num_hidden_layers=2, embedding_size=8, **SIZES)
    found = rates(AutoModelForSequenceClassification.from_config(config), layer_decay=0.5)
    assert found["electra.embeddings_project.weight"] == 0.125


def test_a_decoder_ends_with_norm_and_head() -> None:
    config = LlamaConfig(num_hidden_layers=2, **SIZES)
    found = rates(AutoModelForCausalLM.from_config(config), layer_decay=0.5)
    assert found["model.norm.weight"] == found["lm_head.weight"] == 1.0
    assert found["model.embed_tokens.weight"] == 0.125


def test_encoder_and_decoder_are_counted_each_from_its_top() -> None:
    config = BartConfig(
        encoder_layers=3,
        decoder_layers=2,
        d_model=16,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        vocab_size=50,
    )
    found = rates(AutoModelForSeq2SeqLM.from_config(config), layer_decay=0.5)
    assert {
        "model.encoder.layers.2.fc1.weight": 0.5,
        "model.decoder.layers.1.fc1.weight": 0.5,
        "model.encoder.layers.0.fc1.weight": 0.125,
        "model.decoder.layers.0.fc1.weight": 0.25,
        "model.shared.weight": 0.0625,
        "model.decoder.embed_positions.weight": 0.0625,
        "model.decoder.layernorm_embedding.weight": 0.0625,
    }.items() <= found.items()


def test_lists_within_a_layer_are_no_stacks() -> None:
    config = T5Config(num_layers=3, d_model=16, num_heads=2, d_kv=8, d_ff=32, vocab_size=50)
    model = AutoModelForSeq2SeqLM.from_config(config)
    assert layer_stacks(model) == [model.encoder.block, model.decoder.block]


def test_a_table_within_a_layer_belongs_to_it() -> None:
    config = T5Config(num_layers=2, d_model=16, num_heads=2, d_kv=8, d_ff=32, vocab_size=50)
    found = rates(AutoModelForSeq2SeqLM.from_config(config), layer_decay=0.5)
    assert found["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"] == 0.25


def test_depth_counts_frozen_layers_too() -> None:
    model = toy_model(layers=3)
    model.bert.encoder.layer[1].requires_grad_(False)
    found = rates(model, layer_decay=0.5)
    assert found["bert.encoder.layer.0.output.LayerNorm.weight"] == 0.125


def test_a_model_without_layers_cannot_decay_by_layer() -> None:
    with pytest.raises(UserError, match="Linear has no list of layers to count"):
        parameter_groups(torch.nn.Linear(2, 2), 1.0, 0.1, 0.9)


def test_of_several_patterns_the_first_decides() -> None:
    groups = compiled({"pooler": {"learning_rate": 2.0}, "dense": {"learning_rate": 3.0}})
    found = rates(toy_model(), groups=groups)
    assert found["bert.pooler.dense.weight"] == 2.0
    assert found["bert.encoder.layer.0.output.dense.weight"] == 3.0


def test_a_pattern_that_is_left_nothing_is_refused() -> None:
    groups = compiled({"classifier": {"learning_rate": 2.0}, "classifier.bias": {}})
    with pytest.raises(UserError, match=r"`classifier\.bias` is found .* an earlier pattern left"):
        rates(toy_model(), groups=groups)


def test_a_pattern_that_finds_only_frozen_weights_is_refused() -> None:
    model = toy_model()
    model.bert.pooler.requires_grad_(False)
    with pytest.raises(UserError, match="`pooler` is found in the name of no moving weight"):
        rates(model, groups=compiled({"pooler": {"learning_rate": 2.0}}))


def test_groups_go_before_layer_decay() -> None:
    groups = compiled({"embeddings": {"learning_rate": 2.0}})
    found = rates(toy_model(), layer_decay=0.5, groups=groups)
    assert found["bert.embeddings.word_embeddings.weight"] == 2.0


def test_a_group_may_change_decay_alone() -> None:
    found = decays(toy_model(), groups=compiled({"pooler": {"weight_decay": 0.5}}))
    assert found["bert.pooler.dense.bias"] == found["bert.pooler.dense.weight"] == 0.5
    assert found["classifier.weight"] == 0.1


def test_biases_and_norms_do_not_decay() -> None:
    found = decays(toy_model())
    assert {name for name, decay in found.items() if decay == 0} == {
        name for name in found if name.endswith("bias") or "LayerNorm" in name
    }


def test_what_is_alike_is_one_group() -> None:
    assert len(parameter_groups(toy_model(), 1.0, 0.1)) == 2


def test_a_broken_pattern_is_told_when_the_recipe_is_read() -> None:
    mistakes = MENUS["optimizer"].mistakes({"adamw": {"groups": {"a(": {}}}}, "training.optimizer")
    assert "should be a valid regular expression" in str(mistakes[0])


def test_an_unknown_setting_is_told_when_the_recipe_is_read() -> None:
    groups = {"a": {"lr": 1e-3}}
    mistakes = MENUS["optimizer"].mistakes({"adamw": {"groups": groups}}, "training.optimizer")
    assert "'learning_rate' or 'weight_decay'" in str(mistakes[0])


def test_patterns_are_written_out_as_they_were_read() -> None:
    written = {"adamw": {"groups": {"layer.[01]": {"learning_rate": 1e-4}}}}
    resolved = MENUS["optimizer"].resolve(written)
    assert resolved.options["groups"] == written["adamw"]["groups"]
    assert MENUS["optimizer"].resolve(resolved) == resolved
