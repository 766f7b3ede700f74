"""From a csv to a judged model, as a user goes: every command, and every file it promises."""

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoModelForSequenceClassification, AutoTokenizer

import luthier
from luthier.cli.main import main
from tests.mails import write_mails

RECIPE = """\
task: text_classification
data: {{source: {mails}, clean: [fix_encoding, drop_duplicates]}}
model: {{base: {bert}, max_length: 32}}
adapter: {adapter}
training: {{learning_rate: 3e-3, num_epochs: 3, batch_size: 16}}
callbacks: [keep_best, {{stop_early: {{patience: 3}}}}]
run: {{folder: {folder}, language: {language}}}
"""


def write(tmp: Path, mails: Path, bert: Path, name: str, adapter: str, language: str) -> Path:
    recipe = tmp / f"{name}.yaml"
    facts = {"mails": mails, "bert": bert, "folder": tmp / "runs" / name}
    recipe.write_text(RECIPE.format(**facts, adapter=adapter, language=language), "utf-8")
    assert main(["train", str(recipe)]) == 0
    return tmp / "runs" / name


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, mails: Path, tiny_bert: Path
) -> tuple[Path, Path]:
    tmp = tmp_path_factory.mktemp("train")
    full = write(tmp, mails, tiny_bert, "full", "full", "en")
    return full, write(tmp, mails, tiny_bert, "head", "head", "zh")


@pytest.fixture
def run(runs: tuple[Path, Path]) -> Path:
    return runs[0]


def read_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_the_run_folder_is_as_designed(run: Path) -> None:
    assert sorted(path.name for path in run.iterdir()) == [
        "README.md",
        "checkpoints",
        "data",
        "dynamics.parquet",
        "environment.json",
        "evaluation.json",
        "metrics.jsonl",
        "model",
        "predictions.jsonl",
        "recipe.yaml",
        "report.html",
    ]
    assert {"manifest.json", "report.html", "report.json"} <= {
        p.name for p in (run / "data").iterdir()
    }


def test_plain_transformers_loads_the_model(run: Path) -> None:
    model = AutoModelForSequenceClassification.from_pretrained(run / "model", use_safetensors=True)
    assert model.config.id2label == {0: "ham", 1: "spam"}
    assert AutoTokenizer.from_pretrained(run / "model").pad_token == "[PAD]"


def test_evaluation_has_the_designed_keys(run: Path) -> None:
    found = json.loads((run / "evaluation.json").read_text("utf-8"))
    assert found["split"] == "test"
    assert set(found["baselines"]) == {"majority", "tfidf", "base_model"}
    assert set(found["metrics"]["f1"]) == {"value", "low", "high"}
    assert {"against", "difference", "low", "high", "p_value"} <= set(found["comparison"])


def test_predictions_are_the_test_rows(run: Path) -> None:
    lines = read_lines(run / "predictions.jsonl")
    assert len(lines) == json.loads((run / "evaluation.json").read_text())["rows"]
    assert set(lines[0]) == {"id", "input", "reference", "prediction", "score"}


def test_the_loaded_model_predicts_what_the_run_predicted(run: Path) -> None:
    from luthier.core.records import Row

    lines = read_lines(run / "predictions.jsonl")
    found = list(luthier.load(run).predict(Row(line["input"]) for line in lines))
    assert [p["prediction"] for p in found] == [line["prediction"] for line in lines]
    scores = [line["score"] for line in lines]
    assert [p["score"] for p in found] == pytest.approx(scores, abs=2e-2)  # bf16, batched otherwise


def test_the_environment_says_what_the_numbers_depend_on(run: Path) -> None:
    found = json.loads((run / "environment.json").read_text("utf-8"))
    assert {"versions", "machine", "git_commit", "seed", "threads", "precision"} <= set(found)
    assert {"prepare", "encode", "train", "judge"} <= set(found["seconds"])


def test_the_recorded_recipe_repeats_the_run(run: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert main(["train", str(run / "recipe.yaml"), "--set", f"run.folder={again}"]) == 0
    name = "model/model.safetensors"
    assert (again / name).read_bytes() == (run / name).read_bytes()


def test_a_run_is_not_replaced_by_accident(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(run / "recipe.yaml")]) == 1
    assert "already holds a run" in " ".join(capsys.readouterr().err.split())


def test_a_finished_run_resumes_to_itself(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (run / "model/model.safetensors").stat().st_mtime_ns
    assert main(["train", str(run / "recipe.yaml"), "--resume"]) == 0
    assert (run / "model/model.safetensors").stat().st_mtime_ns == before


def test_another_recipe_does_not_resume_a_run(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = ["--set", "training.learning_rate=1", "--set", f"run.folder={run}"]
    assert main(["train", str(run / "recipe.yaml"), *changed, "--resume"]) == 1
    assert "training.learning_rate" in capsys.readouterr().err


def test_train_answers_in_json(
    mails: Path, tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "json.yaml"
    facts = {"mails": mails, "bert": tiny_bert, "folder": tmp_path / "json"}
    recipe.write_text(RECIPE.format(**facts, adapter="head", language="en"), "utf-8")
    assert main(["train", str(recipe), "--json", "--set", "training.max_steps=2"]) == 0
    assert set(printed(capsys)) == {"run", "verdict", "metrics"}


def test_evaluate_tells_what_the_test_split_told_once(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(run), "--json"]) == 0
    assert printed(capsys) == json.loads((run / "evaluation.json").read_text("utf-8"))


def test_evaluate_judges_new_rows(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = write_mails(tmp_path / "fresh.csv", 60, seed=9)
    assert main(["evaluate", str(run), "--data", str(fresh), "--json"]) == 0
    found = printed(capsys)
    assert found["rows"] == 60
    assert found["metrics"]["accuracy"]["value"] > 0.8


def test_compare_says_which_run_is_better(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(runs[0]), str(runs[1]), "--json"]) == 0
    found = printed(capsys)
    assert found["best"] in [str(run) for run in runs]
    assert len(found["pairs"]) == 1


def test_predict_gives_every_row_back_with_its_answer(
    run: Path, mails: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.jsonl"
    assert main(["predict", str(run), "--input", str(mails), "--output", str(output)]) == 0
    lines = read_lines(output)
    assert len(lines) == 240
    assert sum(line["prediction"] == line["label"] for line in lines) > 200


def test_check_estimates_without_leaving_a_run(
    mails: Path, tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "check.yaml"
    facts = {"mails": mails, "bert": tiny_bert, "folder": tmp_path / "never"}
    recipe.write_text(RECIPE.format(**facts, adapter="full", language="en"), "utf-8")
    assert main(["check", str(recipe), "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["estimate"]["seconds"] > 0
    assert found["estimate"]["peak_memory_bytes"] > 1e8
    assert "→ [spam]" in err or "→ [ham]" in err
    assert not (tmp_path / "never").exists()


def test_a_prepared_dataset_keeps_its_splits(
    mails: Path, tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    split = ["--set", "data.split.test=0.4"]
    assert main(["prepare", str(mails), "--output", str(data), *split, "--json"]) == 0
    rows = printed(capsys)["splits"]["test"]["rows"]
    recipe = tmp_path / "prepared.yaml"
    recipe.write_text(
        f"task: text_classification\ndata: {{source: {data}}}\n"
        f"model: {{base: {tiny_bert}, max_length: 32}}\nadapter: head\n"
        f"training: {{max_steps: 2}}\nrun: {{folder: {tmp_path / 'run'}}}\n"
    )
    assert main(["train", str(recipe)]) == 0
    assert json.loads((tmp_path / "run/evaluation.json").read_text())["rows"] == rows
