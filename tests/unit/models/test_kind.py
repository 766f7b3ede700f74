"""What a model can do is read off its configuration."""

import pytest
from transformers import AutoConfig

from luthier.core.errors import UserError
from luthier.models.kind import kind_of

KINDS = {
    "encoder": ("bert distilbert roberta xlm-roberta albert deberta-v2 electra modernbert canine"),
    "decoder": "gpt2 llama qwen2 qwen3 mistral gemma smollm3 gpt_neox phi3",
    "encoder_decoder": "t5 mt5 bart mbart marian pegasus m2m_100",
}
TYPES = [(name, kind) for kind, names in KINDS.items() for name in names.split()]


@pytest.mark.parametrize("name, kind", TYPES)
def test_a_type_has_its_kind(name: str, kind: str) -> None:
    assert kind_of(AutoConfig.for_model(name)) == kind


@pytest.mark.parametrize("name", ["bert", "roberta", "electra"])
def test_an_encoder_that_is_set_up_as_decoder_is_one(name: str) -> None:
    assert kind_of(AutoConfig.for_model(name, is_decoder=True)) == "decoder"


@pytest.mark.parametrize("name", ["bart", "mbart", "marian"])
def test_the_decoder_half_of_an_encoder_decoder_is_a_decoder(name: str) -> None:
    config = AutoConfig.for_model(name, is_decoder=True, is_encoder_decoder=False)
    assert kind_of(config) == "decoder"


def test_the_encoder_half_of_t5_is_an_encoder() -> None:
    assert kind_of(AutoConfig.for_model("t5", is_encoder_decoder=False)) == "encoder"


@pytest.mark.parametrize("name", ["vit", "whisper"])
def test_a_model_of_pictures_or_sound_is_refused_by_name(name: str) -> None:
    with pytest.raises(UserError, match=f"`{name}` is no model of text"):
        kind_of(AutoConfig.for_model(name))
