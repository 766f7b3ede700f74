"""Selectors beside random rows: same budgets, same seeds, rows that no selector has seen."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from luthier.cli.main import main
from luthier.core.errors import UserError
from luthier.data.dataset import Dataset
from luthier.evaluation.selection.compare import SELECTORS, _worth, compare_selectors
from luthier.evaluation.selection.lesson import targets_of
from luthier.evaluation.selection.opening import opened
from luthier.evaluation.selection.page import write_comparison
from tests.datasets import distinct, prepared, write_rows

WORDS = {"ham": "the team meets you", "spam": "win money now"}


def rows(count: int = 120) -> list[dict[str, Any]]:
    found = distinct(count)
    return [{**row, "text": f"{WORDS[row['label']]} {row['text']}"} for row in found]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("rows")
    return prepared(folder, rows(), split={"validation": 0.3, "test": 0.1})


@pytest.fixture(scope="module")
def report(dataset: Dataset, tiny_bert: Path) -> dict[str, Any]:
    return compared(dataset, tiny_bert, selectors=["balanced", {"diverse": {}}, "random"])


def compared(dataset: Dataset, model: Path, **options: Any) -> dict[str, Any]:
    wanted = {"shares": [0.2, 0.5], "seeds": 2, **options}
    return compare_selectors(
        dataset, str(model), say=lambda _: None, on_trial=lambda *_: None, **wanted
    )


def test_random_comes_first_and_once(report: dict[str, Any]) -> None:
    assert [one["name"] for one in report["selectors"]] == ["random", "balanced", "diverse"]


def test_every_budget_is_kept_by_all(report: dict[str, Any], dataset: Dataset) -> None:
    expected = [round(share * dataset.num_rows("train")) for share in (0.2, 0.5)]
    for one in report["selectors"]:
        assert [point["rows"] for point in one["points"]] == expected


def test_values_lie_in_their_intervals(report: dict[str, Any]) -> None:
    for one in report["selectors"]:
        for point in one["points"]:
            assert 0 <= point["low"] <= point["value"] <= point["high"] <= 1


def test_the_difference_is_that_of_the_values(report: dict[str, Any]) -> None:
    random, *others = report["selectors"]
    assert "against_random" not in random["points"][0]
    for one in others:
        for mine, chance in zip(one["points"], random["points"], strict=True):
            gain = mine["against_random"]
            assert gain["value"] == pytest.approx(mine["value"] - chance["value"])
            assert gain["p_value_adjusted"] >= gain["p_value"]


def test_selectors_are_judged_on_rows_they_may_not_look_at(
    report: dict[str, Any], dataset: Dataset
) -> None:
    assert report["judged_rows"] + report["target_rows"] == dataset.num_rows("validation")
    assert report["target_rows"] == int(targets_of(dataset).sum()) > 0


def test_the_same_comparison_has_the_same_numbers(
    report: dict[str, Any], dataset: Dataset, tiny_bert: Path
) -> None:
    again = compared(dataset, tiny_bert, selectors=["balanced", {"diverse": {}}])
    assert again["selectors"] == report["selectors"]


def test_all_standard_selectors_can_be_compared(dataset: Dataset, tiny_bert: Path) -> None:
    found = compared(dataset, tiny_bert, selectors=SELECTORS, shares=[0.3], seeds=1)
    assert len(found["selectors"]) == len(SELECTORS) + 1


def test_a_budget_of_its_own_is_refused(dataset: Dataset, tiny_bert: Path) -> None:
    with pytest.raises(UserError, match="balanced has a budget already"):
        compared(dataset, tiny_bert, selectors=[{"balanced": {"count": 5}}])


def test_rows_without_validation_are_refused(tmp_path: Path, tiny_bert: Path) -> None:
    plain = prepared(tmp_path, rows(40), split={"validation": 0, "test": 0.2})
    with pytest.raises(UserError, match="judged on validation rows"):
        compared(plain, tiny_bert)


def test_rows_without_labels_are_refused(tmp_path: Path, tiny_bert: Path) -> None:
    texts = [{"text": row["text"]} for row in rows(60)]
    plain = prepared(tmp_path, texts, split={"validation": 0.3, "test": 0.2})
    with pytest.raises(UserError, match="one label a row"):
        compared(plain, tiny_bert)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.5, 0.1), (0.6, 0.3), (0.65, 0.4), (0.4, None), (0.8, None)]
)
def test_quality_is_worth_a_share_of_random_rows(value: float, expected: float | None) -> None:
    found = _worth(value, np.array([0.5, 0.6, 0.7]), [0.1, 0.3, 0.5])
    assert found == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_shows_every_selector_and_runs_nothing(
    language: Any, report: dict[str, Any], tmp_path: Path
) -> None:
    page = write_comparison(report, tmp_path, language=language).read_text("utf-8")
    assert page.count("<figure") == 2
    assert "<script" not in page
    assert ("线性头" if language == "zh" else "a full tuning") in page
    assert json.loads((tmp_path / "selection.json").read_text("utf-8")) == report


def test_charts_of_a_page_have_one_scale(report: dict[str, Any], tmp_path: Path) -> None:
    page = write_comparison(report, tmp_path, language="en").read_text("utf-8")
    marks = [
        re.findall(r'<text x="-0.6em"[^>]*>([^<]*)</text>', figure)
        for figure in page.split("<figure")[1:]
    ]
    assert marks[0] == marks[1] != []


def test_a_recipes_own_selection_is_left_out(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", rows(60))
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        f"data: {{source: {source}, select: {{random: {{count: 3}}}}}}\n"
        "model: {base: tiny, max_length: 32}\nrun: {language: zh}\n",
        "utf-8",
    )
    with opened(recipe, None, lambda *_: None) as found:
        assert found.dataset.num_rows("train") > 3
        assert (found.model, found.max_length, found.language) == ("tiny", 32, "zh")


def test_a_dataset_needs_a_model_to_be_named(dataset: Dataset) -> None:
    with pytest.raises(UserError, match="--model"), opened(dataset.folder, None, lambda *_: None):
        pass


def test_the_command_writes_what_it_prints(
    dataset: Dataset, tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "found"
    command = ["select", str(dataset.folder), "--compare", "--model", str(tiny_bert)]
    options = ["--selectors", "balanced, {diverse: {method: facility_location}}", "--json"]
    code = main([*command, *options, "--shares", "0.3", "--seeds", "1", "--output", str(folder)])
    assert code == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed.pop("path") == str(folder)
    assert printed == json.loads((folder / "selection.json").read_text("utf-8"))
    assert (folder / "selection.html").exists()


@pytest.mark.parametrize(
    ("options", "expected"),
    [([], "add --compare"), (["--compare", "--shares", "2"], "--shares: write shares")],
)
def test_a_mistake_on_the_command_line_is_told(
    options: list[str], expected: str, dataset: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["select", str(dataset.folder), "--model", "tiny", *options]) == 1
    assert expected in capsys.readouterr().err
