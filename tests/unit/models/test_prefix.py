import gc
import weakref
from pathlib import Path

import pytest
import torch
from transformers import PreTrainedModel

from luthier.models.layers import layer_stack
from luthier.models.prefix import ACTIVATIONS, Prefix, frozen_layers
from tests.tiny import DECODERS, ENCODER_DECODERS, ENCODERS, make_model

HEADS = {
    "classification": "AutoModelForSequenceClassification",
    "tokens": "AutoModelForTokenClassification",
    "language": "AutoModelForCausalLM",
}
PAIRS = [
    *((family, "classification") for family in (*ENCODERS, *DECODERS)),
    *((family, "tokens") for family in ENCODERS),
    *((family, "language") for family in DECODERS),
]


def inputs() -> dict[str, torch.Tensor]:
    ids = torch.tensor([[2, 7, 9, 11, 3], [2, 8, 3, 0, 0]])
    return {"input_ids": ids, "attention_mask": (ids != 0).long()}


def frozen_below(model: PreTrainedModel, depth: int) -> PreTrainedModel:
    model.requires_grad_(False)
    for layer in list(layer_stack(model))[depth:]:
        layer.requires_grad_(True)
    return model


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize(("family", "head"), PAIRS)
def test_a_model_answers_the_same_without_its_prefix(family: str, head: str, depth: int) -> None:
    model = make_model(family, HEADS[head])
    model.config.pad_token_id = 0
    prefix = Prefix(model, depth)
    model.eval()
    whole = model(**inputs()).logits
    prefix.take_inputs()
    known = prefix.run(inputs())
    found = model(**inputs(), **{ACTIVATIONS: known.clone()}).logits
    torch.testing.assert_close(found, whole, rtol=1e-5, atol=1e-6)


def gradients(model: PreTrainedModel, known: torch.Tensor | None = None) -> list[torch.Tensor]:
    model.zero_grad()
    more = {} if known is None else {ACTIVATIONS: known}
    model(**inputs(), **more).logits.sum().backward()
    return [p.grad for p in model.parameters() if p.grad is not None]


def test_gradients_above_the_prefix_are_those_of_the_whole_model() -> None:
    model = frozen_below(make_model("bert", HEADS["classification"]), 2)
    prefix = Prefix(model, 2)
    known = prefix.run(inputs()).clone()
    whole = gradients(model)
    prefix.take_inputs()
    cached = gradients(model, known)
    assert len(whole) == 16
    torch.testing.assert_close(cached, whole, rtol=1e-4, atol=1e-6)


def test_a_model_is_whole_again_after_each_pass_even_a_failed_one(tmp_path: Path) -> None:
    model = make_model("bert", HEADS["classification"])
    layers, weights = list(layer_stack(model)), list(model.state_dict())
    prefix = Prefix(model, 2)
    known = prefix.run(inputs()).clone()
    prefix.take_inputs()
    with pytest.raises(RuntimeError):
        model(**inputs(), **{ACTIVATIONS: known[:, :, :3]})
    assert list(layer_stack(model)) == layers
    assert list(model.state_dict()) == weights


def test_a_model_without_its_prefix_is_freed_as_soon_as_nobody_needs_it() -> None:
    model = make_model("bert", HEADS["classification"])
    Prefix(model, 2).take_inputs()
    left = weakref.ref(model)
    gc.disable()
    try:
        del model
        assert left() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("family", [*ENCODERS, *DECODERS])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_layers_below_what_moves_are_frozen(family: str, depth: int) -> None:
    assert frozen_layers(frozen_below(make_model(family, HEADS["classification"]), depth)) == depth


def test_nothing_is_frozen_below_moving_embeddings() -> None:
    model = frozen_below(make_model("bert", HEADS["classification"]), 2)
    model.get_input_embeddings().requires_grad_(True)
    assert frozen_layers(model) == 0


@pytest.mark.parametrize("family", ENCODER_DECODERS)
def test_encoder_decoders_have_no_prefix(family: str) -> None:
    model = make_model(family, "AutoModelForSeq2SeqLM").requires_grad_(False)
    assert frozen_layers(model) == 0
