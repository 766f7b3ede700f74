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


def points(difference, low, high, p_value):
    return Comparison("bleu", "paired bootstrap", difference, low, high, p_value, unit="points")


@pytest.mark.parametrize(
    ("found", "language", "sentence"),
    [
        (
            points(3.21, 1.1, 5.2, 0.001),
            "en",
            "Better than B by 3.2 points (1.1 to 5.2), p = 0.001.",
        ),
        (points(-3.21, -5.2, -1.1, 0.001), "zh", "比 B 差 3.2 分（1.1 至 5.2），p = 0.001。"),
        (
            points(0.3, -1.1, 1.7, 0.4),
            "en",
            "No evidence that tuning helped: 0.3 points over B (-1.1 to 1.7), p = 0.40.",
        ),
    ],
)
def test_points_are_told_as_they_are(found, language, sentence):
    assert verdict(found, "B", language=language) == sentence


def number(ours, theirs, low, high, p_value, name="perplexity", **more):
    more = {"higher_is_better": False, "unit": "number", "ours": ours, "theirs": theirs, **more}
    return Comparison(name, "paired bootstrap", ours - theirs, low, high, p_value, **more)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            number(12.3, 20.1, -8.4, -7.1, 0.0002),
            (
                "Better than B by 7.8 (7.1 to 8.4), p < 0.001: "
                "perplexity 12.3 against 20.1, lower is better."
            ),
        ),
        (
            number(20.1, 12.3, 7.1, 8.4, 0.0002),
            (
                "Worse than B by 7.8 (7.1 to 8.4), p < 0.001: "
                "perplexity 20.1 against 12.3, lower is better."
            ),
        ),
        (
            number(0.8123, 0.8, -0.01, 0.03, 0.4, name="r2", higher_is_better=True),
            (
                "No evidence that tuning helped: better than B by 0.0123 (-0.01 to 0.03), p = 0.40:"
                " r2 0.8123 against 0.8, higher is better."
            ),
        ),
        (
            number(0.9, 0.8, -0.2, 0.4, 0.4, name="mean_squared_error"),
            (
                "No evidence that tuning helped: worse than B by 0.1 (-0.2 to 0.4), p = 0.40: "
                "mean squared error 0.9 against 0.8, lower is better."
            ),
        ),
    ],
)
def test_a_number_is_told_with_both_values(found, sentence):
    assert verdict(found, "B") == sentence


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            number(12.3, 20.1, -8.4, -7.1, 0.0002),
            "比 B 好 7.8（7.1 至 8.4），p < 0.001；perplexity 为 12.3，对方为 20.1，越低越好。",
        ),
        (
            number(0.5, 0.8, -0.5, 0.1, 0.2, name="r2", higher_is_better=True),
            (
                "没有证据表明微调有帮助：比 B 差 0.3（-0.1 至 0.5），p = 0.20；"
                "r2 为 0.5，对方为 0.8，越高越好。"
            ),
        ),
    ],
)
def test_a_number_in_chinese(found, sentence):
    assert verdict(found, "B", language="zh") == sentence


@pytest.mark.parametrize(
    ("ours", "told"),
    [(12345.6, "12,346"), (0.0, "0"), (1e-9, "1.000e-09"), (3e15, "3.000e+15"), (-0.25, "-0.25")],
)
def test_large_and_small_numbers_stay_readable(ours, told):
    found = number(ours, 1.0, -1.0, 1.0, 0.5)
    assert f"perplexity {told} against 1," in verdict(found, "B")


def test_an_infinite_difference_is_no_verdict():
    found = number(math.inf, 1.0, math.nan, math.nan, 0.1)
    assert verdict(found, "B") == "No verdict: perplexity is not defined on these rows."
