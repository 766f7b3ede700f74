from pathlib import Path

import pytest
import torch
import transformers
from transformers import AutoModelForQuestionAnswering

from luthier.models.body_names import renamed_body
from luthier.models.load import load_model
from luthier.models.quiet import quiet
from luthier.models.save import save_model
from tests.tiny import FAMILIES, config_of, save_tiny, tokenizer_of

ANSWERING = "AutoModelForQuestionAnswering"
IDS = torch.tensor([[5, 6, 7, 8]])


def test_a_body_that_is_called_the_same_is_not_renamed():
    assert renamed_body(ANSWERING, config_of("bert")) == {}
    assert renamed_body("AutoModelForCausalLM", config_of("llama")) == {}


def test_a_body_that_is_called_otherwise_is_renamed():
    assert renamed_body(ANSWERING, config_of("llama")) == {r"^model\.": "transformer."}


@pytest.mark.parametrize("held", ["published", "AutoModel"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_question_answering_model_keeps_its_pretrained_body(
    tmp_path: Path, family: str, held: str
):
    save_tiny(tmp_path, family, "" if held == "published" else held)
    model = load_model(str(tmp_path), ANSWERING, {}, seed=0)
    with quiet():
        body = transformers.AutoModel.from_pretrained(tmp_path)
    there = body.state_dict()
    found = {n: w for n, w in model.base_model.state_dict().items() if "qa_outputs" not in n}
    assert found
    assert all(torch.equal(there[name], weight) for name, weight in found.items())


@pytest.mark.parametrize("family", FAMILIES)
def test_plain_transformers_loads_what_was_saved(tmp_path: Path, family: str):
    model = load_model(str(save_tiny(tmp_path / "base", family)), ANSWERING, {}, seed=0).eval()
    save_model(model, tokenizer_of(family), tmp_path / "model")
    with quiet():
        again, told = AutoModelForQuestionAnswering.from_pretrained(
            tmp_path / "model", output_loading_info=True
        )
    assert not told["missing_keys"]
    with torch.inference_mode():
        assert torch.equal(model(IDS).start_logits, again.eval()(IDS).start_logits)
