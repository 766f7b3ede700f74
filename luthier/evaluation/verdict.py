"""Did it help: a comparison as the one sentence that a reader takes away."""

import math
from typing import Literal

import numpy as np

from luthier.evaluation.significance import Comparison

Language = Literal["en", "zh"]
LEVEL = 0.05

_SENTENCES: dict[Language, dict[str, str]] = {
    "en": {
        "better": "Better than {title} by {points} points ({low} to {high}), {p}.",
        "worse": "Worse than {title} by {points} points ({low} to {high}), {p}.",
        "above": "{doubt}: {points} points over {title} ({low} to {high}), {p}.",
        "below": "{doubt}: {points} points under {title} ({low} to {high}), {p}.",
        "tuning": "No evidence that tuning helped",
        "difference": "No evidence of a difference",
        "undefined": "No verdict: {metric} is not defined on these rows.",
    },
    "zh": {
        "better": "比{title}好 {points} 个百分点（{low} 至 {high}），{p}。",
        "worse": "比{title}差 {points} 个百分点（{low} 至 {high}），{p}。",
        "above": "{doubt}：比{title}好 {points} 个百分点（{low} 至 {high}），{p}。",
        "below": "{doubt}：比{title}差 {points} 个百分点（{low} 至 {high}），{p}。",
        "tuning": "没有证据表明微调有帮助",
        "difference": "没有证据表明两者有差别",
        "undefined": "无法判定：{metric} 在这些数据上没有定义。",
    },
}


def verdict(
    comparison: Comparison,
    title: str,
    *,
    language: Language = "en",
    question: Literal["tuning", "difference"] = "tuning",
) -> str:
    """Say in one sentence whether ours is better than `title`, by how much, and how sure that is.

    It is better (or worse) only if the interval leaves out 0 and p < 0.05. Points are percentage
    points of a metric from 0 to 1, counted as gain: for a metric where less is better, the sign is
    turned. The interval is of the number before it, so under `worse` it is turned as well.

    Args:
        comparison: ours against theirs.
        title: what ours was compared with, in the language of the sentence: `TF-IDF`.
        language: of the sentence.
        question: what there may be no evidence for: that tuning helped, or, between two runs, that
            they differ.
    """
    sentences = _SENTENCES[language]
    if math.isnan(comparison.difference) or math.isnan(comparison.p_value):
        return sentences["undefined"].format(metric=comparison.metric)
    ends = (comparison.low, comparison.high)
    sign = 1 if comparison.higher_is_better else -1
    is_gain = sign * comparison.difference >= 0
    turn = sign if is_gain else -sign
    low, high = sorted(turn * end for end in ends)
    is_real = low > 0 and comparison.p_value < LEVEL
    gain, loss = ("better", "worse") if is_real else ("above", "below")
    return sentences[gain if is_gain else loss].format(
        title=_spaced(title) if language == "zh" else title,
        doubt=sentences[question],
        points=_points(turn * comparison.difference),
        low=_points(low),
        high=_points(high),
        p=_probability(comparison.p_value),
    )


def _points(share: float) -> str:
    # One digit after the point; a number too small for it shows its first digit that is not 0,
    # since "0.0" would hide whether the interval leaves out 0.
    points = 100 * share
    if points == 0 or abs(points) >= 0.05:
        return f"{points + 0.0:.1f}"
    return np.format_float_positional(points, precision=1, fractional=False, unique=False)


def _probability(p_value: float) -> str:
    if p_value < 0.001:
        return "p < 0.001"
    return f"p = {p_value:.2f}" if p_value >= 0.1 else f"p = {p_value:.3f}"


def _spaced(title: str) -> str:
    # Chinese typesetting parts Latin words from characters by a space.
    before = " " if title[:1].isascii() else ""
    after = " " if title[-1:].isascii() else ""
    return f"{before}{title}{after}"
