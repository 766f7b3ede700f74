"""Runs with adapters, as a user goes: trained, resumed, asked, exported and merged."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForSequenceClassification

from luthier.cli.main import main
from luthier.evaluation.predict import load

RECIPE = """\
task: text_classification
data: {{source: {mails}}}
model: {{base: {bert}, max_length: 32}}
adapter: {adapter}
training: {{learning_rate: 1e-2, num_epochs: 2, batch_size: 16, precision: {precision}}}
run: {{folder: {folder}}}
"""


def train(tmp: Path, mails: Path, bert: Path, adapter: str, precision: str = "fp32") -> Path:
    folder = tmp / "run"
    recipe = tmp / "recipe.yaml"
    facts = {"mails": mails, "bert": bert, "folder": folder, "precision": precision}
    recipe.write_text(RECIPE.format(**facts, adapter=adapter), "utf-8")
    assert main(["train", str(recipe)]) == 0
    return folder


@pytest.fixture(scope="module")
def lora(tmp_path_factory: pytest.TempPathFactory, mails: Path, tiny_bert: Path) -> Path:
    return train(tmp_path_factory.mktemp("lora"), mails, tiny_bert, "{lora: {rank: 4}}")


def inputs(folder: Path) -> Any:
    return load(folder).tokenizer(
        ["buy cheap pills now", "see you tomorrow"], padding=True, return_tensors="pt"
    )


def logits(network: Any, given: Any) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = network.eval()(**given).logits
    return found


def asked_again(run: Path, tmp: Path) -> tuple[list[Any], list[Any]]:
    """The predictions by which the run was judged, and those of `luthier predict` now."""
    judged = [json.loads(x) for x in (run / "predictions.jsonl").read_text("utf-8").splitlines()]
    source, output = tmp / "rows.jsonl", tmp / "out.jsonl"
    source.write_text("".join(json.dumps(row["input"]) + "\n" for row in judged), "utf-8")
    assert main(["predict", str(run), "--input", str(source), "--output", str(output)]) == 0
    return judged, [json.loads(line) for line in output.read_text("utf-8").splitlines()]


def test_the_test_split_is_judged_by_what_is_saved(lora: Path, tmp_path: Path) -> None:
    judged, again = asked_again(lora, tmp_path)
    assert [row["score"] for row in again] == [row["score"] for row in judged]


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
def test_an_exported_adapter_is_loaded_by_peft(lora: Path, tiny_bert: Path, tmp_path: Path) -> None:
    assert main(["export", str(lora), "--output", str(tmp_path / "out")]) == 0
    base = AutoModelForSequenceClassification.from_pretrained(
        tiny_bert, attn_implementation="eager"
    )
    network = PeftModel.from_pretrained(base, tmp_path / "out")
    given = inputs(lora)
    assert torch.equal(logits(network, given), logits(load(lora).network, given))


def test_merged_weights_are_loaded_by_plain_transformers(lora: Path, tmp_path: Path) -> None:
    assert main(["export", str(lora), "--merge", "--output", str(tmp_path / "out")]) == 0
    network = AutoModelForSequenceClassification.from_pretrained(tmp_path / "out")
    given = inputs(lora)
    expected = logits(load(lora).network, given)
    torch.testing.assert_close(logits(network, given), expected, rtol=0, atol=1e-5)
    assert network.config.id2label == {0: "ham", 1: "spam"}


def test_export_prints_one_json_object(
    lora: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(lora), "--output", str(tmp_path / "out"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    size = (tmp_path / "out" / "adapter_model.safetensors").stat().st_size
    assert found == {"path": str(tmp_path / "out"), "megabytes": size / 1e6}


def test_an_adapter_is_smaller_than_its_base(lora: Path, tiny_bert: Path) -> None:
    adapter = (lora / "model" / "adapter_model.safetensors").stat().st_size
    assert adapter < (tiny_bert / "model.safetensors").stat().st_size / 2


def test_nothing_is_exported_over_other_files(
    lora: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    assert main(["export", str(lora), "--output", str(tmp_path)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_run_without_a_model_is_not_exported(
    lora: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "recipe.yaml").write_bytes((lora / "recipe.yaml").read_bytes())
    arguments = ["export", str(tmp_path / "run"), "--output", str(tmp_path / "out")]
    assert main(arguments) == 1
    assert "has no model yet" in capsys.readouterr().err


def test_bottlenecks_are_exported_but_do_not_merge(
    mails: Path, tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = train(tmp_path, mails, tiny_bert, "{bottleneck: {reduction: 4}}")
    assert main(["export", str(run), "--output", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "bottleneck.safetensors").exists()
    assert main(["export", str(run), "--merge", "--output", str(tmp_path / "merged")]) == 1
    assert "cannot be merged" in capsys.readouterr().err
    assert not (tmp_path / "merged").exists()


@pytest.mark.parametrize("adapter", ["p_tuning", "dora", "bottleneck"])
def test_in_bf16_what_is_saved_predicts_as_what_was_judged(
    adapter: str, mails: Path, tiny_bert: Path, tmp_path: Path
) -> None:
    run = train(tmp_path, mails, tiny_bert, adapter, "bf16")
    judged, again = asked_again(run, tmp_path)
    assert [row["score"] for row in again] == [row["score"] for row in judged]
