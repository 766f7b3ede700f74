"""Cleaners that ask a model: a run as a classifier, and the perplexity of a pretrained one."""

import json
from pathlib import Path
from typing import Any

import pytest

from luthier.cli.main import main
from luthier.core.errors import UserError
from luthier.data.prepare import preview
from tests.tiny import save_tiny

RECIPE = """\
task: text_classification
data: {{source: {mails}}}
model: {{base: {bert}, max_length: 32}}
training: {{learning_rate: 3e-3, num_epochs: 3, batch_size: 16}}
run: {{folder: {folder}}}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, mails: Path, tiny_bert: Path) -> Path:
    tmp = tmp_path_factory.mktemp("lent")
    recipe, folder = tmp / "spam.yaml", tmp / "run"
    recipe.write_text(RECIPE.format(mails=mails, bert=tiny_bert, folder=folder), "utf-8")
    assert main(["train", str(recipe)]) == 0
    return folder


def write_rows(folder: Path, texts: list[str]) -> str:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    return str(path)


def steps(rows: str, clean: Any, capsys: pytest.CaptureFixture[str]) -> list[Any]:
    setting = f"data.clean={json.dumps([clean])}"
    assert main(["prepare", rows, "--dry-run", "--json", "--set", setting]) == 0
    found: list[Any] = json.loads(capsys.readouterr().out)["steps"]
    return found


def test_a_run_of_ones_own_says_which_rows_go(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = write_rows(tmp_path, ["cheap pills buy now", "meeting report lunch team project thanks"])
    clean = {"drop_toxic": {"classifier": str(run), "labels": ["spam"]}}
    (step,) = steps(rows, clean, capsys)
    assert step["dropped"] == {"classifier": 1}
    assert [example["before"] for example in step["examples"]] == ["cheap pills buy now"]


def test_a_label_that_the_run_does_not_know_is_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = write_rows(tmp_path, ["cheap pills"])
    clean = {"drop_toxic": {"classifier": str(run), "labels": ["spma"]}}
    assert main(["prepare", rows, "--dry-run", "--set", f"data.clean={json.dumps([clean])}"]) == 1
    assert "no label `spma`. Did you mean `spam`?" in " ".join(capsys.readouterr().err.split())


def test_perplexity_under_a_pretrained_model_says_which_rows_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = save_tiny(tmp_path / "llama", "llama")
    rows = write_rows(tmp_path, ["cheap pills buy now", "the report of the meeting"])
    clean = {"keep_quality": {"model": str(model), "max_perplexity": 1.01}}
    (step,) = steps(rows, clean, capsys)
    assert step["dropped"] == {"perplexity too high": 2}


def test_without_a_lender_the_data_layer_refuses_in_a_sentence(tmp_path: Path) -> None:
    rows = write_rows(tmp_path, ["cheap pills"])
    clean = [{"keep_quality": {"model": "catalog:any", "max_perplexity": 9}}]
    with pytest.raises(UserError, match="nobody lends one"):
        preview({"data": {"source": rows, "clean": clean}})
