"""`luthier prepare` from the command line, as a person runs it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from luthier.cli.main import main
from luthier.data.dataset import Dataset
from tests.datasets import distinct, write_rows


@pytest.fixture
def rows(tmp_path: Path) -> str:
    bad = {"text": "the caf\u00c3\u00a9 of the wrong charset", "label": "ham"}
    return write_rows(tmp_path / "rows.jsonl", [*distinct(60), bad])


def test_sources_become_a_dataset_and_one_json_object(
    rows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made"
    assert main(["prepare", rows, "--output", str(out), "--json"]) == 0
    printed = capsys.readouterr()
    told: dict[str, Any] = json.loads(printed.out)
    assert list(told) == ["rows", "splits", "steps", "path"]
    assert told["rows"] == sum(split["rows"] for split in told["splits"].values()) == 61
    assert len(Dataset.open(told["path"])) == 61
    assert "61 rows" in printed.err


def test_without_json_nothing_is_printed_to_standard_output(
    rows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prepare", rows, "--output", str(tmp_path / "made")]) == 0
    assert capsys.readouterr().out == ""


def test_a_recipe_needs_no_output(
    rows: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = tmp_path / "mails.yaml"
    recipe.write_text(f"data: {{source: {json.dumps(rows)}}}\nrun: {{language: zh}}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["prepare", str(recipe)]) == 0
    assert 'lang="zh' in (tmp_path / "data" / "mails" / "report.html").read_text("utf-8")


def test_an_override_sets_the_cleaners(rows: str, tmp_path: Path) -> None:
    out = tmp_path / "made"
    assert main(["prepare", rows, "-o", str(out), "--set", "data.clean=[fix_encoding]"]) == 0
    assert Dataset.open(out).report["steps"][0]["changed"] == 1


def test_a_dry_run_shows_before_and_after_and_writes_nothing(
    rows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.iterdir())
    assert main(["prepare", rows, "--dry-run", "--set", "data.clean=[fix_encoding]"]) == 0
    told = capsys.readouterr().err
    assert "before: the caf\u00c3\u00a9 of the wrong charset" in told
    assert "after:  the caf\u00e9 of the wrong charset" in told
    assert sorted(tmp_path.iterdir()) == before


def test_refused_data_ends_with_2_and_the_place_of_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_rows(tmp_path / "rows.jsonl", distinct(60, labels=["ham"]))
    assert main(["prepare", source, "--output", str(tmp_path / "made"), "--json"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "nothing is to be told apart" in printed.err
    assert "report.html" in printed.err


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["rows.jsonl"], "--output DIR"),
        (["none.csv", "--output", "made"], "none.csv"),
        (["rows.jsonl", "more.yaml", "--output", "made"], "a recipe stands alone"),
        (["rows.jsonl", "--output", "made", "--set", "data.cleen=[]"], "Did you mean `clean`"),
    ],
)
def test_a_mistake_ends_with_1_and_one_sentence(
    rows: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["prepare", *arguments]) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told


def test_a_whole_recipe_is_prepared_without_loading_torch(rows: str, tmp_path: Path) -> None:
    recipe = tmp_path / "mails.yaml"
    recipe.write_text(
        f"task: text_classification\ndata: {{source: {json.dumps(rows)}}}\n"
        "model: {base: catalog:minilm}\nadapter: full\nobjective: supervised\n",
        "utf-8",
    )
    code = (
        "import sys, luthier\n"
        f"luthier.prepare({str(recipe)!r}, {str(tmp_path / 'made')!r})\n"
        "print('torch' in sys.modules, 'transformers' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
