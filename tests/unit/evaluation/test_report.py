import json
import re

import pytest

from luthier.core.errors import UserError
from luthier.evaluation.report import top_confusions, write_report
from tests import judged_runs, runs


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


def section(html, name):
    found = re.search(rf'<section class="block" id="{name}">.*?</section>', html, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group(0)))


KINDS = [
    *("emotions", "ratings", "entities", "chinese_entities", "translation", "questions", "chats"),
    *("hostile_texts", "hostile_tags"),
]


def judged(kind, folder, **size):
    return getattr(judged_runs, f"{kind}_run")(folder, **size)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answers_has_a_report(kind, language, tmp_path):
    html = report_of(judged(kind, tmp_path / kind), language)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r"<(script|img|iframe|object|link|base|form)\b", html)) == {"link"}


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("emotions", "labels_per_row"),
        ("ratings", "dots"),
        ("entities", "taken_for"),
        ("translation", "characters"),
    ],
)
def test_what_an_evaluation_of_another_kind_lacks_is_left_out(kind, part, tmp_path):
    folder = judged(kind, tmp_path / kind, rows=20)
    change(folder, **{part: None})
    assert report_of(folder).endswith("</html>\n")


def test_metrics_are_told_by_their_unit(tmp_path):
    folder = judged("translation", tmp_path / "t", rows=20)
    change(
        folder,
        metrics={
            "chrf": {"value": 38.2449, "low": 37.0, "high": 40.0},
            "perplexity": {"value": 1234.5, "low": 1200.0, "high": 1300.0},
            "token_accuracy": {"value": 0.54321, "low": 0.5, "high": 0.6},
        },
    )
    scores = section(report_of(folder), "scores")
    assert "chrF 38.2 [37.0, 40.0]" in scores
    assert "Perplexity ↓ (lower is better) 1,234 [1,200, 1,300]" in scores
    assert "Token accuracy 0.543 [0.500, 0.600]" in scores
    assert "↓: lower is better. chrF: points on a scale of 100." in scores
    assert "chrF nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:" in scores


def test_the_difference_is_told_in_the_metrics_unit(tmp_path):
    html = report_of(judged("translation", tmp_path / "t", rows=40))
    assert re.search(r"difference from “Untuned model”: \+\d\d\.\d with 95% interval", html)


def test_of_label_sets_missed_and_wrong_labels_are_told_apart(tmp_path):
    folder = judged("emotions", tmp_path / "e", rows=20)
    line = {"id": "1", "input": {"text": "Hello"}, "reference": ["joy", "love"], "score": 0.9}
    text = json.dumps(line | {"prediction": ["joy", "fear"]}) + "\n"
    (folder / "predictions.jsonl").write_text(text, "utf-8")
    said = section(report_of(folder), "mistakes")
    assert "True ✓ joy ✗ love Predicted ✓ joy ✗ fear Score 0.900 Hello" in said


def test_many_labels_a_row_are_summed_up(tmp_path):
    folder = judged("emotions", tmp_path / "e", rows=20)
    change(folder, labels_per_row={"reference": [1] * 14, "prediction": [2] * 14})
    assert "9 1 2 10+ 4 8" in section(report_of(folder), "sizes")


def test_numbers_are_drawn_against_the_truth(tmp_path):
    html = report_of(judged("ratings", tmp_path / "r", rows=40))
    told = section(html, "numbers")
    assert len(re.findall(r'class="speck"', html)) == 80
    assert "Predictions are off by" in told
    assert "rows are drawn" not in told


def test_entities_that_were_missed_stand_in_the_matrix(tmp_path):
    told = section(report_of(judged("entities", tmp_path / "e", rows=40)), "confusion")
    assert told.count("no entity") == 2
    assert "Those that were missed stand in the last column" in told


def test_tags_that_mark_no_entities_have_no_matrix(tmp_path):
    folder = judged("entities", tmp_path / "e", rows=20)
    change(
        folder,
        metrics={"token_accuracy": {"value": 0.9, "low": 0.8, "high": 0.95}},
        primary="token_accuracy",
        comparison=None,
    )
    html = report_of(folder)
    assert 'id="confusion"' not in html
    assert 'id="mistakes"' in html


def test_answers_stand_beside_their_references_and_what_the_untuned_model_said(tmp_path):
    folder = judged("questions", tmp_path / "q", rows=12)
    line = {"id": "1", "input": {"question": "Why?"}, "score": None, "untuned": ""}
    texts = {"reference": ["because", "for"], "prediction": "of course"}
    (folder / "predictions.jsonl").write_text(json.dumps(line | texts) + "\n", "utf-8")
    said = section(report_of(folder), "mistakes")
    expected = "Why? Reference because / for Answer of course Answer of the untuned model no answer"
    assert said.count(expected) == 2  # among the worst, and drawn at random


def test_programs_tell_how_many_tests_they_passed(tmp_path):
    folder = judged("questions", tmp_path / "q", rows=12)
    line = {"id": "1", "input": {"prompt": "def f():"}, "reference": "x", "prediction": "y"}
    text = json.dumps(line | {"samples": 5.0, "passed": 2.0, "reward": 0.25}) + "\n"
    (folder / "predictions.jsonl").write_text(text, "utf-8")
    said = section(report_of(folder), "mistakes")
    assert "2 of 5 programs passed their tests." in said
    assert "Reward: 0.250." in said


def test_a_conversation_is_shown_turn_by_turn(tmp_path):
    html = report_of(judged("chats", tmp_path / "c", rows=4))
    assert "system You are a patient helper. user My screen is black." in section(html, "mistakes")


def test_a_validation_metric_that_falls_tells_its_lowest_value(tmp_path):
    html = report_of(judged("chats", tmp_path / "c", rows=4))
    assert re.search(r"Perplexity: .*? Lowest: 1\.\d\d", html)
