from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from luthier.models.used_words import move_used_words, restore_words
from tests.tiny import DECODERS, ENCODER_DECODERS, ENCODERS, make_model

CLASSES = "AutoModelForSequenceClassification"
USED = np.array([2, 7, 9, 3, 7])
IDS = torch.tensor([[2, 7, 9, 3], [2, 7, 3, 0]])


def model_of(family: str) -> PreTrainedModel:
    model = make_model(family, CLASSES)
    model.config.pad_token_id = 0
    return model


def answer(model: PreTrainedModel, ids: Tensor = IDS) -> Tensor:
    logits: Tensor = model(input_ids=ids, attention_mask=(ids != 0).long()).logits
    return logits


def steps(model: PreTrainedModel, count: int = 3) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.0)
    model.train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    for _ in range(count):
        answer(model).square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()


@pytest.mark.parametrize("family", [*ENCODERS, *DECODERS])
def test_a_run_is_the_same_as_with_the_whole_table(family: str) -> None:
    whole, few = model_of(family), model_of(family)
    size = whole.get_input_embeddings().num_embeddings
    assert move_used_words(few, USED, 0) == size - 5
    steps(whole)
    steps(few)
    torch.testing.assert_close(answer(few), answer(whole))
    restore_words(few)
    assert list(few.state_dict()) == list(whole.state_dict())
    for name, weights in few.state_dict().items():
        torch.testing.assert_close(weights, whole.state_dict()[name], rtol=1e-4, atol=1e-5)


def test_words_that_no_training_row_has_are_read_and_stay_as_they_were() -> None:
    model = model_of("bert")
    before = model.get_input_embeddings().weight.detach().clone()
    unknown = torch.tensor([[2, 12, 3]])
    expected = answer(model, unknown)
    move_used_words(model, USED, 0)
    torch.testing.assert_close(answer(model, unknown), expected)
    steps(model)
    restore_words(model)
    moved = (model.get_input_embeddings().weight != before).any(1).nonzero().flatten()
    assert moved.tolist() == [2, 3, 7, 9]


def test_only_rows_in_use_have_a_gradient_and_a_place_in_the_optimizer() -> None:
    model = model_of("bert")
    move_used_words(model, USED, 0)
    words = model.get_input_embeddings()
    assert [tuple(p.shape) for p in words.parameters()] == [(5, 16)]
    assert "table" not in "".join(model.state_dict())


def test_a_model_is_plain_again_and_can_be_loaded(tmp_path: Path) -> None:
    model = model_of("bert")
    move_used_words(model, USED, 0)
    steps(model)
    expected = answer(model)
    restore_words(model)
    assert type(model.get_input_embeddings()) is nn.Embedding
    model.save_pretrained(tmp_path)
    loaded = type(model).from_pretrained(tmp_path)
    torch.testing.assert_close(answer(loaded), expected)


@pytest.mark.parametrize(
    ("family", "head"),
    [
        *((family, "AutoModelForSeq2SeqLM") for family in ENCODER_DECODERS),
        ("gpt2", "AutoModelForCausalLM"),  # tied to its output layer
        ("qwen2", "AutoModelForCausalLM"),
    ],
)
def test_a_table_that_stands_for_other_weights_too_is_left(family: str, head: str) -> None:
    model = make_model(family, head)
    words = model.get_input_embeddings()
    assert move_used_words(model, USED, 0) == 0
    assert model.get_input_embeddings() is words


def test_a_frozen_table_and_one_nearly_all_in_use_are_left() -> None:
    model = model_of("bert")
    size = model.get_input_embeddings().num_embeddings
    assert move_used_words(model, np.arange(size - 1), 0) == 0
    model.get_input_embeddings().requires_grad_(False)
    assert move_used_words(model, USED, 0) == 0
