"""The verb `compare`: which run is better, and is the difference real?"""

import math
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from luthier.core.errors import UserError
from luthier.evaluation.judged import JudgedRun
from luthier.evaluation.lines import told
from luthier.evaluation.significance import compare as compare_answers
from luthier.evaluation.significance import holm
from luthier.evaluation.verdict import verdict
from luthier.scoring.answers import Answers, Integers, TextAnswers
from luthier.scoring.metric import Metric

_OF_TOKENS = ("perplexity", "token_accuracy")


def compare(runs: Sequence[Path | str], *, metric: str | None = None) -> dict[str, Any]:
    """Compare finished runs, pair by pair, on the test rows they share.

    Args:
        runs: two or more run folders.
        metric: one that is made of the predictions, such as f1; else the first run's own.

    Returns:
        `metric`, `rows`, `values` (run -> value, None where it is not defined), `pairs` (each with
        difference, interval, p-value and p-value adjusted by Holm for the number of pairs), `best`,
        and `lines` for people.

    Raises:
        UserError: fewer than two runs, runs of other rows, labels or tasks, or an unknown metric.
    """
    if len(runs) < 2:
        raise UserError("compare: name two or more runs.")
    judged = [JudgedRun.open(Path(run)) for run in runs]
    _must_be_alike(judged)
    chosen = judged[0].metric(metric or judged[0].evaluation["primary"])
    shared = _shared_ids(judged)
    records = [one.records(shared) for one in judged]
    answers = [one.answers(lines) for one, lines in zip(judged, records, strict=True)]
    _must_agree(chosen, answers, judged)
    pairs = _pairs(chosen, answers, judged, judged[0].groups(records[0]))
    found = [chosen.value(part) for part in answers]
    values = {
        str(one.run.folder): value if math.isfinite(value) else None
        for one, value in zip(judged, found, strict=True)
    }
    sign = 1 if chosen.higher_is_better else -1
    known = {run: sign * value for run, value in values.items() if value is not None}
    lines = [f"{chosen.name()} on {len(shared):,} shared test rows:"]
    lines += [f"  {run}: {told(value, chosen.unit)}" for run, value in values.items()]
    lines += [f"{pair['run']}: {pair['sentence']}" for pair in pairs]
    return {
        "metric": chosen.name(),
        "rows": len(shared),
        "values": values,
        "pairs": pairs,
        "best": max(known, key=lambda run: known[run]) if known else None,
        "lines": lines,
    }


def _pairs(
    metric: Metric[Any],
    answers: Sequence[Answers],
    judged: Sequence[JudgedRun],
    groups: Integers | None,
) -> list[dict[str, Any]]:
    run = judged[0].recipe.run
    pairs: list[dict[str, Any]] = []
    for i, j in combinations(range(len(judged)), 2):
        comparison = compare_answers(metric, answers[i], answers[j], seed=run.seed, groups=groups)
        other = judged[j].run.folder
        sentence = verdict(comparison, other.name, language=run.language, question="difference")
        names = {"run": str(judged[i].run.folder), "against": str(other)}
        pairs.append({**names, **comparison.record(), "sentence": sentence})
    p_values = [1.0 if pair["p_value"] is None else pair["p_value"] for pair in pairs]
    for pair, adjusted in zip(pairs, holm(p_values), strict=True):
        pair["p_value_adjusted"] = adjusted
    return pairs


def _shared_ids(judged: Sequence[JudgedRun]) -> list[str]:
    ids = [one.ids() for one in judged]
    shared = ids[0].intersection(*ids[1:])
    if not shared:
        raise UserError(
            f"{judged[0].run.folder} and {judged[1].run.folder} share no test row, so they cannot "
            "be compared. Give both the same data, split and seed."
        )
    return sorted(shared)


def _must_be_alike(judged: Sequence[JudgedRun]) -> None:
    for one in judged[1:]:
        if one.kind != judged[0].kind:
            raise UserError(
                f"{one.run.folder} answers with {one.kind.replace('_', ' ')}, "
                f"{judged[0].run.folder} with {judged[0].kind.replace('_', ' ')}: runs of such "
                "different tasks cannot be compared."
            )


def _must_agree(
    metric: Metric[Any], answers: Sequence[Answers], judged: Sequence[JudgedRun]
) -> None:
    for other, one in zip(answers[1:], judged[1:], strict=True):
        if not other.has_references_of(answers[0]):
            raise UserError(
                f"{one.run.folder} and {judged[0].run.folder} have other labels for their rows."
            )
        if metric.name() in _OF_TOKENS and not _have_equal_tokens(other, answers[0]):
            raise UserError(
                f"compare: {metric.name()} of models with different tokenizers cannot be compared. "
                "Choose another with --metric."
            )


def _have_equal_tokens(one: Answers, other: Answers) -> bool:
    if not isinstance(one, TextAnswers) or not isinstance(other, TextAnswers):
        return True
    return np.array_equal(one.numbers.get("tokens", ()), other.numbers.get("tokens", ()))
