"""Did it help: a comparison as the one sentence that a reader takes away."""

import math
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from luthier.evaluation.significance import Comparison
from luthier.scoring.metric import Unit

Language = Literal["en", "zh"]
LEVEL = 0.05

_SENTENCES: dict[Language, dict[str, str]] = {
    "en": {
        "better": "Better than {title} by {gain} ({low} to {high}), {p}{values}.",
        "worse": "Worse than {title} by {gain} ({low} to {high}), {p}{values}.",
        "above": "{doubt}: {gain} over {title} ({low} to {high}), {p}.",
        "below": "{doubt}: {gain} under {title} ({low} to {high}), {p}.",
        "above number": "{doubt}: better than {title} by {gain} ({low} to {high}), {p}{values}.",
        "below number": "{doubt}: worse than {title} by {gain} ({low} to {high}), {p}{values}.",
        "share": "{gain} points",
        "points": "{gain} points",
        "number": "{gain}",
        "higher": ": {metric} {ours} against {theirs}, higher is better",
        "lower": ": {metric} {ours} against {theirs}, lower is better",
        "tuning": "No evidence that tuning helped",
        "difference": "No evidence of a difference",
        "undefined": "No verdict: {metric} is not defined on these rows.",
    },
    "zh": {
        "better": "比{title}好 {gain}（{low} 至 {high}），{p}{values}。",
        "worse": "比{title}差 {gain}（{low} 至 {high}），{p}{values}。",
        "above": "{doubt}：比{title}好 {gain}（{low} 至 {high}），{p}。",
        "below": "{doubt}：比{title}差 {gain}（{low} 至 {high}），{p}。",
        "above number": "{doubt}：比{title}好 {gain}（{low} 至 {high}），{p}{values}。",
        "below number": "{doubt}：比{title}差 {gain}（{low} 至 {high}），{p}{values}。",
        "share": "{gain} 个百分点",
        "points": "{gain} 分",
        "number": "{gain}",
        "higher": "；{metric} 为 {ours}，对方为 {theirs}，越高越好",
        "lower": "；{metric} 为 {ours}，对方为 {theirs}，越低越好",
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

    It is better (or worse) only if the interval leaves out 0 and p < 0.05. A share is told in
    percentage points, points as they are, a number with both values. What is told is the gain: for
    a metric where less is better, the sign is turned. The interval is of the number before it, so
    under `worse` it is turned as well.

    Args:
        comparison: ours against theirs.
        title: what ours was compared with, in the language of the sentence: `TF-IDF`.
        language: of the sentence.
        question: what there may be no evidence for: that tuning helped, or, between two runs, that
            they differ.
    """
    sentences = _SENTENCES[language]
    if not math.isfinite(comparison.difference) or math.isnan(comparison.p_value):
        return sentences["undefined"].format(metric=comparison.metric)
    sign = 1 if comparison.higher_is_better else -1
    is_gain = sign * comparison.difference >= 0
    turn = sign if is_gain else -sign
    low, high = sorted(turn * end for end in (comparison.low, comparison.high))
    if low > 0 and comparison.p_value < LEVEL:
        template = "better" if is_gain else "worse"
    else:
        template = "above" if is_gain else "below"
        template += " number" if comparison.unit == "number" else ""
    told = _TOLD[comparison.unit]
    return sentences[template].format(
        title=_spaced(title) if language == "zh" else title,
        doubt=sentences[question],
        gain=sentences[comparison.unit].format(gain=told(turn * comparison.difference)),
        low=told(low),
        high=told(high),
        p=_probability(comparison.p_value),
        values=_values(comparison, sentences) if comparison.unit == "number" else "",
    )


def _values(comparison: Comparison, sentences: Mapping[str, str]) -> str:
    return sentences["higher" if comparison.higher_is_better else "lower"].format(
        metric=comparison.metric.replace("_", " "),
        ours=_number(comparison.ours, digits=4),
        theirs=_number(comparison.theirs, digits=4),
    )


def _points(points: float) -> str:
    # One digit after the point; a number too small for it shows its first digit that is not 0,
    # since "0.0" would hide whether the interval leaves out 0.
    if points == 0 or abs(points) >= 0.05:
        return f"{points + 0.0:.1f}"
    return np.format_float_positional(points, precision=1, fractional=False, unique=False)


def _number(number: float, digits: int = 3) -> str:
    if number and not 1e-6 <= abs(number) < 1e12:
        return f"{number:.{digits - 1}e}"
    if abs(number) >= 10**digits:
        return f"{number:,.0f}"
    return np.format_float_positional(
        number + 0.0, precision=digits, fractional=False, unique=False, trim="-"
    )


_TOLD: Mapping[Unit, Callable[[float], str]] = {
    "share": lambda share: _points(100 * share),
    "points": _points,
    "number": _number,
}


def _probability(p_value: float) -> str:
    if p_value < 0.001:
        return "p < 0.001"
    return f"p = {p_value:.2f}" if p_value >= 0.1 else f"p = {p_value:.3f}"


def _spaced(title: str) -> str:
    # Chinese typesetting parts Latin words from characters by a space.
    before = " " if title[:1].isascii() else ""
    after = " " if title[-1:].isascii() else ""
    return f"{before}{title}{after}"
