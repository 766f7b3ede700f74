import math

import pytest

from luthier.evaluation.significance import Comparison
from luthier.evaluation.verdict import verdict


def comparison(difference, low, high, p_value, **more):
    return Comparison("f1", "paired bootstrap", difference, low, high, p_value, **more)


BETTER = comparison(0.012, 0.004, 0.021, 0.003)
WORSE = comparison(-0.02, -0.031, -0.009, 0.0004)
ABOVE = comparison(0.003, -0.005, 0.011, 0.48)
BELOW = comparison(-0.003, -0.011, 0.005, 0.48)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (BETTER, "Better than TF-IDF by 1.2 points (0.4 to 2.1), p = 0.003."),
        (WORSE, "Worse than TF-IDF by 2.0 points (0.9 to 3.1), p < 0.001."),
        (
            ABOVE,
            "No evidence that tuning helped: 0.3 points over TF-IDF (-0.5 to 1.1), p = 0.48.",
        ),
        (
            BELOW,
            "No evidence that tuning helped: 0.3 points under TF-IDF (-0.5 to 1.1), p = 0.48.",
        ),
    ],
)
def test_the_english_sentence(found, sentence):
    assert verdict(found, "TF-IDF") == sentence


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (BETTER, "比 TF-IDF 好 1.2 个百分点（0.4 至 2.1），p = 0.003。"),
        (WORSE, "比 TF-IDF 差 2.0 个百分点（0.9 至 3.1），p < 0.001。"),
        (ABOVE, "没有证据表明微调有帮助：比 TF-IDF 好 0.3 个百分点（-0.5 至 1.1），p = 0.48。"),
        (BELOW, "没有证据表明微调有帮助：比 TF-IDF 差 0.3 个百分点（-0.5 至 1.1），p = 0.48。"),
    ],
)
def test_the_chinese_sentence(found, sentence):
    assert verdict(found, "TF-IDF", language="zh") == sentence


def test_a_chinese_title_stands_without_spaces():
    assert verdict(BETTER, "多数类", language="zh").startswith("比多数类好 1.2 个百分点")


def test_between_runs_the_doubt_is_about_a_difference():
    sentence = verdict(ABOVE, "runs/b", question="difference")
    assert sentence.startswith("No evidence of a difference: 0.3 points over runs/b")


def test_where_less_is_better_a_lower_number_is_a_gain():
    found = comparison(-0.012, -0.021, -0.004, 0.003, higher_is_better=False)
    assert verdict(found, "TF-IDF") == verdict(BETTER, "TF-IDF")


@pytest.mark.parametrize(
    "found",
    [comparison(0.012, 0.0, 0.021, 0.04), comparison(0.012, 0.001, 0.021, 0.05)],
    ids=["interval touches 0", "p at the level"],
)
def test_better_needs_both_the_interval_and_the_p_value(found):
    assert verdict(found, "TF-IDF").startswith("No evidence")


def test_no_difference_at_all_is_no_evidence():
    sentence = verdict(comparison(0.0, 0.0, 0.0, 1.0), "TF-IDF")
    assert sentence.endswith("0.0 points over TF-IDF (0.0 to 0.0), p = 1.00.")


def test_an_end_too_small_for_one_digit_is_not_shown_as_0():
    sentence = verdict(comparison(0.01, 0.0004, 0.02, 0.041), "TF-IDF")
    assert "(0.04 to 2.0)" in sentence


def test_where_the_metric_is_not_defined_there_is_no_verdict():
    nothing = comparison(math.nan, math.nan, math.nan, math.nan)
    assert verdict(nothing, "TF-IDF") == "No verdict: f1 is not defined on these rows."
