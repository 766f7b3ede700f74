import pytest

from luthier.core.runs import Run
from luthier.evaluation.record import outcome, read_evaluation, systems
from tests import runs


@pytest.mark.parametrize(
    ("low", "high", "p_value", "said"),
    [
        (0.01, 0.05, 0.01, "better"),
        (-0.05, -0.01, 0.01, "worse"),
        (-0.01, 0.05, 0.2, "unclear"),
        (0.0, 0.05, 0.04, "unclear"),
        (0.001, 0.05, 0.06, "unclear"),
        (None, None, None, None),
    ],
)
def test_tuning_helped_only_if_interval_and_test_say_so(low, high, p_value, said):
    assert outcome({"comparison": {"low": low, "high": high, "p_value": p_value}}) == said


def test_less_of_an_error_is_better():
    comparison = {"low": -0.4, "high": -0.2, "p_value": 0.01, "higher_is_better": False}
    assert outcome({"comparison": comparison}) == "better"


def test_the_parts_that_an_evaluation_lacks_are_none(tmp_path):
    found = read_evaluation(Run.open(runs.text_run(tmp_path / "text")))
    assert found["confusion"] is None
    assert found["primary"] == "rougeL"


def test_a_run_of_before_there_were_other_kinds_is_of_classes(tmp_path):
    assert read_evaluation(Run.open(runs.spam_run(tmp_path / "spam")))["kind"] == "classes"


def test_a_run_that_was_not_evaluated_has_none(tmp_path):
    run = Run.open(runs.text_run(tmp_path / "text"))
    run.evaluation.unlink()
    assert read_evaluation(run) is None


def test_the_tuned_model_comes_first_then_the_baselines_the_best_first():
    values = {"base_model": 0.5, "majority": None, "tfidf": 0.9}
    baselines = {name: {"f1": {"value": value}} for name, value in values.items()}
    found = systems(
        {"primary": "f1", "metrics": {"f1": {}}, "baselines": baselines | {"other": {}}}
    )
    assert [system.name for system in found] == [
        *("tuned", "tfidf", "base_model", "majority", "other"),
    ]


def test_where_less_is_better_the_lowest_is_the_best():
    values = {"nearest": None, "untuned": 12.0, "other": 8.5}
    baselines = {name: {"perplexity": {"value": value}} for name, value in values.items()}
    found = systems({"primary": "perplexity", "metrics": {}, "baselines": baselines})
    assert [system.name for system in found] == ["tuned", "other", "untuned", "nearest"]
