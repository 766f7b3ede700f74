"""The head is found in the model itself, and in what the checkpoint lacked."""

from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel

from luthier.core.errors import UserError
from luthier.models.head import head_modules, head_parameters, note_fresh
from luthier.models.load import load_model
from luthier.models.quiet import quiet
from tests.tiny import DECODERS, ENCODER_DECODERS, FAMILIES, make_model, save_tiny

CLASSIFIER, TOKENS, ANSWERS = (
    f"AutoModelFor{task}"
    for task in ("SequenceClassification", "TokenClassification", "QuestionAnswering")
)
CAUSAL, TWO_SIDED = "AutoModelForCausalLM", "AutoModelForSeq2SeqLM"


@pytest.mark.parametrize(
    ("family", "auto_class", "modules"),
    [
        ("bert", CLASSIFIER, ["bert.pooler", "classifier"]),
        ("distilbert", CLASSIFIER, ["pre_classifier", "classifier"]),
        ("roberta", CLASSIFIER, ["classifier"]),
        *((family, CLASSIFIER, ["score"]) for family in DECODERS),
        *((family, CLASSIFIER, ["classification_head"]) for family in ENCODER_DECODERS),
        ("bert", TOKENS, ["classifier"]),
        ("llama", TOKENS, ["score"]),
        *((family, ANSWERS, ["qa_outputs"]) for family in FAMILIES),
    ],
)
def test_a_tasks_head_is_what_lies_above_the_layers(
    family: str, auto_class: str, modules: list[str]
) -> None:
    assert head_modules(make_model(family, auto_class)) == modules


@pytest.mark.parametrize("family", [*DECODERS, *ENCODER_DECODERS])
def test_a_language_model_brought_its_head_along(family: str) -> None:
    auto_class = CAUSAL if family in DECODERS else TWO_SIDED
    assert head_modules(make_model(family, auto_class)) == []


def saved(model: PreTrainedModel, folder: Path) -> str:
    with quiet():
        model.save_pretrained(folder)
    return str(folder)


def test_a_language_models_head_that_the_checkpoint_lacks_moves(tmp_path: Path) -> None:
    folder = saved(make_model("llama", "AutoModel"), tmp_path)
    assert head_modules(load_model(folder, CAUSAL, {}, seed=0)) == ["lm_head"]


def test_a_head_that_the_checkpoint_has_in_part_moves_in_that_part(tmp_path: Path) -> None:
    folder = str(save_tiny(tmp_path, "bert"))
    model = load_model(folder, "AutoModelForMaskedLM", {}, seed=0)
    assert head_modules(model) == ["cls.predictions.transform"]


def test_names_of_parameters_lie_in_the_modules() -> None:
    model = make_model("roberta", CLASSIFIER)
    assert head_parameters(model) == {
        f"classifier.{layer}.{kind}"
        for layer in ("dense", "out_proj")
        for kind in ("weight", "bias")
    }


def test_a_new_matrix_right_beside_pretrained_ones_is_refused() -> None:
    model = make_model("gpt2", CAUSAL)
    note_fresh(model, {"transformer.h.0.attn.c_attn.weight"})
    with pytest.raises(UserError, match=r"lacks `transformer\.h\.0\.attn\.c_attn\.weight`"):
        head_modules(model)


def test_weights_of_which_none_has_its_name_are_refused(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path, "bert")
    weights = load_file(folder / "model.safetensors")
    renamed = {f"strange.{name}": tensor for name, tensor in weights.items()}
    save_file(renamed, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(UserError, match="finds none of its weights"):
        load_model(str(folder), CLASSIFIER, {}, seed=0)
