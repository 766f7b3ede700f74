import json
import re

import pytest

from luthier.core.errors import UserError
from luthier.evaluation.report import top_confusions, write_report
from tests import runs


def report_of(folder, language="en"):
    return write_report(folder, language=language).read_text("utf-8")


def change(folder, file="evaluation.json", **parts):
    found = json.loads((folder / file).read_text("utf-8"))
    (folder / file).write_text(json.dumps(found | parts), "utf-8")


@pytest.fixture
def run(tmp_path):
    return runs.spam_run(tmp_path / "spam", rows=300)


@pytest.mark.parametrize(
    ("kind", "headline"),
    [
        ("spam", "Tuning helped"),
        ("unhelpful", "Tuning did not help measurably"),
        ("harmful", "Tuning did not help: the model got worse"),
        ("text", "It is not known whether tuning helped"),
    ],
)
def test_the_verdict_is_the_first_thing_said(kind, headline, tmp_path):
    html = report_of(getattr(runs, f"{kind}_run")(tmp_path / kind))
    assert re.search(r'class="headline">(.*?)<', html).group(1) == headline
    assert html.index(headline) < html.index("<h2>")


def test_a_verdict_in_another_language_is_marked_as_such(tmp_path):
    html = report_of(runs.chinese_run(tmp_path / "zh"), "en")
    assert '<p class="lead" lang="zh-Hans"><bdi class="data">比 TF-IDF 好' in html


def test_top_confusions_are_the_most_frequent():
    found = top_confusions([[5, 2, 1], [0, 9, 4], [0, 0, 0]], ["a", "b", "c"], 2)
    assert [(one.true, one.predicted, one.rows) for one in found] == [("b", "c", 4), ("a", "b", 2)]
    assert found[0].share == 4 / 13


@pytest.mark.parametrize(("classes", "shown"), [(12, "table"), (13, "svg"), (121, None)])
def test_the_confusion_matrix_suits_the_number_of_classes(classes, shown, run):
    labels = [f"class {i}" for i in range(classes)]
    matrix = [[3 if i == j else int(j == 0) for j in range(classes)] for i in range(classes)]
    change(run, labels=labels, confusion=matrix, per_class={})
    html = report_of(run)
    assert ('class="matrix"' in html) == (shown == "table")
    assert ('class="heat"' in html) == (shown == "svg")
    assert ("Most frequent confusions" in html) == (shown != "table")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "part", ["baselines", "comparison", "confusion", "per_class", "calibration", "truncated"]
)
def test_what_an_evaluation_lacks_the_report_leaves_out(part, language, run):
    change(run, **{part: None})
    assert report_of(run, language).endswith("</html>\n")


@pytest.mark.parametrize(
    "file",
    [
        "evaluation.json",
        "metrics.jsonl",
        "predictions.jsonl",
        "data/report.json",
        "data/manifest.json",
        "environment.json",
    ],
)
def test_what_a_run_lacks_the_report_leaves_out(file, run):
    (run / file).unlink()
    assert report_of(run).endswith("</html>\n")


def test_a_folder_without_a_recipe_is_no_run(tmp_path):
    with pytest.raises(UserError, match=r"no recipe\.yaml"):
        write_report(tmp_path, language="en")


def test_a_metric_that_is_not_defined_is_a_dash(run):
    nothing = {"value": None, "low": None, "high": None}
    change(run, metrics={"f1": {"value": 0.9, "low": 0.8, "high": 0.95}, "roc_auc": nothing})
    assert '<span class="name">ROC-AUC</span> <span class="value">–</span>' in report_of(run)


def test_mistakes_say_what_was_true_and_what_was_answered(run):
    line = {"id": "1", "input": {"text": "Hello"}, "reference": "ham", "prediction": "spam"}
    (run / "predictions.jsonl").write_text(json.dumps(line | {"score": 0.75}) + "\n", "utf-8")
    html = report_of(run)
    assert "1 of 1 answers is wrong." in html
    said = re.search(r'<dl class="said">(.*?)</dl>', html, re.DOTALL).group(1)
    assert re.sub(r"<[^>]+>|\s+", " ", said).split() == [
        *("True", "ham", "Predicted", "spam", "Score", "0.750"),
    ]


def test_a_model_without_mistakes_has_none_to_show(run):
    line = {"id": "1", "input": {"text": "Hello"}, "reference": "ham", "prediction": "ham"}
    (run / "predictions.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    assert "0 of 1 answers are wrong." in report_of(run)


def test_the_recipe_is_there_in_full(run):
    recipe = (run / "recipe.yaml").read_text("utf-8")
    assert recipe in report_of(run)


def test_the_commands_survive_a_folder_with_spaces(run):
    recipe = (run / "recipe.yaml").read_text("utf-8")
    (run / "recipe.yaml").write_text(recipe.replace("runs/spam", "my runs/spam"), "utf-8")
    assert "luthier evaluate &#39;my runs/spam&#39;" in report_of(run)


def test_cut_rows_are_counted(run):
    html = report_of(run)
    assert "97 rows were longer than the model reads: 8,120 tokens were cut off" in html


def test_a_report_has_no_id_twice(run):
    ids = re.findall(r' id="([^"]+)"', report_of(run))
    assert len(ids) > 10
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_text_brings_in_no_element(language, tmp_path):
    html = report_of(runs.hostile_run(tmp_path / "hostile"), language)
    assert set(re.findall(r"<(script|img|iframe|object|link|base|form)\b", html)) == {"link"}
    assert html.count("<style>") == 1
    assert "onerror=&#34;" in html


def test_a_report_is_the_same_every_time(run):
    assert report_of(run) == report_of(run)
