"""What is saved is whole, small where it can be, and refused in a sentence where it is broken."""

import json
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.models.load import load_config, load_tuned, locate
from luthier.models.save import save_model, weight_bytes
from tests.tiny import make_model, save_tiny, tokenizer_of

CLASSIFIER = "AutoModelForSequenceClassification"
LABELS = {"id2label": {0: "ham", 1: "spam"}, "label2id": {"ham": 0, "spam": 1}}


def adapted(adapter: Any, family: str = "bert") -> Any:
    return MENUS["adapter"].build(adapter).apply(make_model(family, CLASSIFIER, **LABELS), seed=0)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_model(adapted("lora"), tokenizer_of("bert"), tmp_path / "saved", base="catalog:tiny")
    return tmp_path / "saved"


@pytest.fixture
def base(tmp_path: Path) -> str:
    return str(save_tiny(tmp_path / "base", "bert"))


def test_an_adapters_folder_holds_what_it_takes_and_no_more(saved: Path) -> None:
    assert {file.name for file in saved.iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }


@pytest.mark.parametrize("adapter", ["full", "lora", "bottleneck", "prefix"])
def test_the_labels_are_saved_with_every_adapter(adapter: str, tmp_path: Path) -> None:
    save_model(adapted(adapter), tokenizer_of("bert"), tmp_path / "saved", base="catalog:tiny")
    assert load_config(str(tmp_path / "saved")).id2label == LABELS["id2label"]


def test_plain_transformers_loads_a_whole_model(tmp_path: Path) -> None:
    save_model(adapted("bias_only"), tokenizer_of("bert"), tmp_path / "saved")
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path / "saved")
    assert model.config.label2id == LABELS["label2id"]


def test_the_size_is_that_of_the_weights(saved: Path) -> None:
    assert weight_bytes(saved) == (saved / "adapter_model.safetensors").stat().st_size


def test_no_path_of_this_machine_is_written(base: str, tmp_path: Path) -> None:
    network = (
        MENUS["adapter"].build("lora").apply(load_tuned(base, base, CLASSIFIER, {}, seed=0), seed=0)
    )
    save_model(network, tokenizer_of("bert"), tmp_path / "saved", base="catalog:tiny")
    for file in (tmp_path / "saved").glob("*.json"):
        assert str(tmp_path) not in file.read_text("utf-8")


def test_an_adapter_needs_the_name_of_its_base(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name of its base"):
        save_model(adapted("lora"), tokenizer_of("bert"), tmp_path / "saved")


def test_a_heads_weights_are_saved_once(saved: Path) -> None:
    names = set(load_file(saved / "adapter_model.safetensors"))
    assert {n for n in names if "lora" not in n} == {
        f"base_model.model.{part}.{kind}"
        for part in ("bert.pooler.dense", "classifier")
        for kind in ("weight", "bias")
    }


def test_missing_weights_are_told(saved: Path, base: str) -> None:
    (saved / "adapter_model.safetensors").unlink()
    with pytest.raises(UserError, match=r"adapter_model\.safetensors is missing"):
        load_tuned(str(saved), base, CLASSIFIER, {}, seed=0)


def test_pickled_weights_are_not_even_looked_at(saved: Path, base: str) -> None:
    (saved / "adapter_model.safetensors").rename(saved / "adapter_model.bin")
    with pytest.raises(UserError, match=r"adapter_model\.safetensors is missing"):
        load_tuned(str(saved), base, CLASSIFIER, {}, seed=0)


def test_damaged_weights_are_told(saved: Path, base: str) -> None:
    (saved / "adapter_model.safetensors").write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00{}")
    with pytest.raises(UserError, match="damaged"):
        load_tuned(str(saved), base, CLASSIFIER, {}, seed=0)


def test_an_adapter_of_another_base_is_told(saved: Path, base: str) -> None:
    with pytest.raises(UserError, match="is not the base it was trained on"):
        load_tuned(str(saved), base, CLASSIFIER, {"num_labels": 5}, seed=0)


@pytest.mark.parametrize("adapter", ["lora", "bottleneck"])
def test_an_adapter_is_no_base(adapter: str, tmp_path: Path) -> None:
    save_model(adapted(adapter), tokenizer_of("bert"), tmp_path / "saved", base="catalog:tiny")
    with pytest.raises(UserError, match="holds an adapter, not a whole model"):
        locate(str(tmp_path / "saved"))


def test_the_targets_are_saved_in_order(saved: Path) -> None:
    targets = json.loads((saved / "adapter_config.json").read_text("utf-8"))["target_modules"]
    assert targets == sorted(targets)
    assert len(targets) > 3
