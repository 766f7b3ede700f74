import pytest
import torch
from torch import nn
from transformers import Gemma2Config, Gemma2ForCausalLM

from luthier.tasks.head_positions import project
from tests.tiny import make_model

IDS = torch.tensor([[5, 6, 7, 8], [9, 10, 11, 12]])
POSITIONS = torch.tensor([[False, True, True, False], [True, False, False, False]])


def capped() -> Gemma2ForCausalLM:
    sizes = {"hidden_size": 16, "intermediate_size": 20, "num_hidden_layers": 1, "head_dim": 8}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 40}
    model = Gemma2ForCausalLM(Gemma2Config(**sizes, **heads, final_logit_softcapping=1.0))
    return model.eval()


@pytest.mark.parametrize("family", ["gpt2", "llama", "qwen2"])
def test_logits_are_the_models_own_at_these_positions(family):
    model = make_model(family, "AutoModelForCausalLM").eval()
    with torch.no_grad():
        found = project(model, {"input_ids": IDS}, POSITIONS)
        expected = model(input_ids=IDS).logits[POSITIONS]
    assert isinstance(found.layer, nn.Linear)
    torch.testing.assert_close(found.logits(), expected)


def test_a_model_that_caps_its_logits_makes_them_itself():
    model = capped()
    with torch.no_grad():
        found = project(model, {"input_ids": IDS}, POSITIONS)
        expected = model(input_ids=IDS).logits[POSITIONS]
    assert isinstance(found.layer, nn.Identity)
    torch.testing.assert_close(found.logits(), expected)


def test_asking_what_a_model_ends_with_draws_nothing():
    model = make_model("gpt2", "AutoModelForCausalLM").train()
    torch.manual_seed(3)
    project(model, {"input_ids": IDS}, POSITIONS)
    first = torch.rand(1)
    torch.manual_seed(3)
    project(model, {"input_ids": IDS}, POSITIONS)
    assert torch.equal(first, torch.rand(1))


def test_the_layer_is_itself_again_afterwards():
    model = make_model("llama", "AutoModelForCausalLM").eval()
    project(model, {"input_ids": IDS}, POSITIONS)
    assert model(input_ids=IDS).logits.shape[:2] == IDS.shape


@pytest.mark.parametrize("family", ["gpt2", "llama"])
def test_logits_are_rounded_as_where_they_were_asked_for(family):
    model = make_model(family, "AutoModelForCausalLM").eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        found = project(model, {"input_ids": IDS}, POSITIONS)
        expected = model(input_ids=IDS).logits[POSITIONS]
    with torch.no_grad():
        assert torch.equal(found.logits(), expected.float())
