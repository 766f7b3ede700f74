import json

import pytest

from luthier.core.errors import UserError
from luthier.evaluation.compare import compare
from tests import judged_runs, runs

KINDS = {
    "classes": ("f1", lambda folder: runs.spam_run(folder, rows=60)),
    "label_sets": ("f1_macro", lambda folder: judged_runs.emotions_run(folder, rows=60)),
    "numbers": ("pearson", lambda folder: judged_runs.ratings_run(folder, rows=60)),
    "tags": ("span_f1", lambda folder: judged_runs.entities_run(folder, rows=20)),
    "texts": ("chrf", lambda folder: judged_runs.translation_run(folder, rows=20)),
}


def change(folder, row, **parts):
    """Change a prediction."""
    path = folder / "predictions.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lines[row] |= parts
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


@pytest.fixture
def two(tmp_path):
    return [runs.spam_run(tmp_path / name, rows=60) for name in ("one", "two")]


@pytest.mark.parametrize("kind", KINDS)
def test_runs_of_every_kind_are_compared_by_their_own_metric(kind, tmp_path):
    metric, make = KINDS[kind]
    pair = [make(tmp_path / name) for name in ("one", "two")]
    found = compare(pair)
    assert found["metric"] == metric
    assert found["pairs"][0]["difference"] == 0
    assert found["pairs"][0]["p_value_adjusted"] == 1
    assert len(set(found["values"].values())) == 1
    assert found["lines"][0].startswith(f"{metric} on {found['rows']} shared test rows:")


@pytest.mark.parametrize("kind", ["label_sets", "numbers", "tags", "texts"])
def test_the_value_is_that_of_the_evaluation(kind, tmp_path):
    metric, make = KINDS[kind]
    pair = [make(tmp_path / name) for name in ("one", "two")]
    evaluation = json.loads((pair[0] / "evaluation.json").read_text("utf-8"))
    told = evaluation["metrics"][metric]["value"]
    assert compare(pair)["values"][str(pair[0])] == pytest.approx(told)


def test_the_better_run_is_named(two):
    line = json.loads((two[0] / "predictions.jsonl").read_text("utf-8").splitlines()[0])
    change(two[1], 0, prediction="ham" if line["reference"] == "spam" else "spam")
    found = compare(two, metric="accuracy")
    assert found["best"] == str(two[0])
    assert found["pairs"][0]["difference"] == pytest.approx(1 / 60)


def test_of_an_error_the_lower_is_better(tmp_path):
    pair = [judged_runs.ratings_run(tmp_path / name, rows=30) for name in ("one", "two")]
    change(pair[0], 0, prediction=99.0)
    found = compare(pair, metric="mean_absolute_error")
    assert found["best"] == str(pair[1])
    assert found["pairs"][0]["sentence"].startswith("No evidence of a difference: worse than two")


def test_only_the_rows_that_both_have_are_compared(two):
    for row in range(5):
        change(two[0], row, id=f"other {row}")
    assert compare(two)["rows"] == 55


@pytest.mark.parametrize(
    ("metric", "hint"), [("f1_makro", "f1_macro"), ("roc_auc", None), ("bleu", None)]
)
def test_an_unknown_metric_is_refused(metric, hint, two):
    with pytest.raises(UserError, match=f"no `{metric}` to compare by.*{hint or ''}"):
        compare(two, metric=metric)


def test_runs_of_other_tasks_are_refused(tmp_path, two):
    other = judged_runs.ratings_run(tmp_path / "ratings", rows=30)
    with pytest.raises(UserError, match=r"with numbers, .* with classes"):
        compare([two[0], other])


def test_runs_of_other_rows_are_refused(two):
    lines = (two[0] / "predictions.jsonl").read_text("utf-8")
    (two[0] / "predictions.jsonl").write_text(lines.replace('"id": "', '"id": "x'), "utf-8")
    with pytest.raises(UserError, match="share no test row"):
        compare(two)


def test_rows_with_other_labels_are_refused(two):
    line = json.loads((two[0] / "predictions.jsonl").read_text("utf-8").splitlines()[0])
    change(two[1], 0, reference="ham" if line["reference"] == "spam" else "spam")
    with pytest.raises(UserError, match="have other labels for their rows"):
        compare(two)


def test_perplexities_over_other_tokens_are_refused(tmp_path):
    pair = [judged_runs.chats_run(tmp_path / name, rows=8) for name in ("one", "two")]
    assert compare(pair)["metric"] == "perplexity"
    change(pair[1], 3, tokens=7)
    with pytest.raises(UserError, match="different tokenizers"):
        compare(pair)
    assert compare(pair, metric="rougeL")["rows"] == 8


def test_a_run_that_was_not_judged_is_refused(two):
    (two[1] / "predictions.jsonl").unlink()
    with pytest.raises(UserError, match="not judged yet"):
        compare(two)


def test_one_run_is_not_enough(two):
    with pytest.raises(UserError, match="two or more"):
        compare(two[:1])


def test_groups_of_rows_are_resampled_whole(tmp_path):
    def intervals(group):
        pair = []
        for name in ("one", "two"):
            folder = judged_runs.questions_run(tmp_path / f"{group}" / name, rows=40)
            recipe = (folder / "recipe.yaml").read_text("utf-8")
            recipe = recipe.replace("group: null", f"group: {group}")
            (folder / "recipe.yaml").write_text(recipe, "utf-8")
            pair.append(folder)
        for row in range(0, 40, 4):  # all questions about Normandy
            change(pair[1], row, prediction="Denmark")
        [found] = compare(pair)["pairs"]
        return found["high"] - found["low"]

    assert intervals("question") > intervals("null")
