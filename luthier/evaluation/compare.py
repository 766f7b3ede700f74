"""The verb `compare`: which run is better, and is the difference real?"""

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from luthier.core.config import read_recipe
from luthier.core.errors import UserError, did_you_mean
from luthier.core.files import read_json
from luthier.core.runs import Run
from luthier.evaluation.significance import compare as compare_answers
from luthier.evaluation.significance import holm
from luthier.evaluation.verdict import verdict
from luthier.scoring.metric import Answers, Metric
from luthier.scoring.standard import standard_metrics


def compare(runs: Sequence[Path | str], *, metric: str | None = None) -> dict[str, Any]:
    """Compare finished runs, pair by pair, on the test rows they share.

    Args:
        runs: two or more run folders.
        metric: one that is made of the predictions, such as f1; else the first run's own.

    Returns:
        `metric`, `rows`, `values` (run -> value), `pairs` (each with difference, interval, p-value
        and p-value adjusted by Holm for the number of pairs), `best`, and `lines` for people.

    Raises:
        UserError: fewer than two runs, runs of other rows or labels, or an unknown metric.
    """
    if len(runs) < 2:
        raise UserError("compare: name two or more runs.")
    opened = [Run.open(Path(run)) for run in runs]
    found = [_answered(run) for run in opened]
    shared = _shared_ids([ids for ids, _ in found], opened)
    answers = [_only(ids, all_answers, shared) for ids, all_answers in found]
    _must_agree(answers, opened)
    judged = _metric(metric or read_json(opened[0].evaluation)["primary"], len(answers[0].labels))
    recipe = read_recipe(opened[0].recipe)
    pairs: list[dict[str, Any]] = []
    for i, j in combinations(range(len(opened)), 2):
        comparison = compare_answers(judged, answers[i], answers[j], seed=recipe.run.seed)
        sentence = verdict(
            comparison, opened[j].folder.name, language=recipe.run.language, question="difference"
        )
        names = {"run": str(opened[i].folder), "against": str(opened[j].folder)}
        pairs.append({**names, **comparison.record(), "sentence": sentence})
    for pair, adjusted in zip(pairs, holm([p["p_value"] or 1.0 for p in pairs]), strict=True):
        pair["p_value_adjusted"] = adjusted
    values = {
        str(run.folder): judged.value(part) for run, part in zip(opened, answers, strict=True)
    }
    sign = 1 if judged.higher_is_better else -1
    best = max(values, key=lambda run: sign * values[run])
    lines = [f"{judged.name()} on {len(shared):,} shared test rows:"]
    lines += [f"  {run}: {value:.4f}" for run, value in values.items()]
    lines += [f"{pair['run']}: {pair['sentence']}" for pair in pairs]
    return {
        "metric": judged.name(),
        "rows": len(shared),
        "values": values,
        "pairs": pairs,
        "best": best,
        "lines": lines,
    }


def _answered(run: Run) -> tuple[list[str], Answers]:
    if not run.predictions.exists():
        raise UserError(f"{run.folder}: not judged yet. Finish it with `luthier train --resume`.")
    evaluation = read_json(run.evaluation)
    labels = evaluation["labels"]
    number = {label: i for i, label in enumerate(labels)}
    ids, references, predictions = [], [], []
    with run.predictions.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            ids.append(row["id"])
            references.append(number[row["reference"]])
            predictions.append(number[row["prediction"]])
    positive = labels.index(evaluation["positive"]) if evaluation["positive"] else 1
    return ids, Answers(np.array(references), np.array(predictions), None, labels, positive)


def _shared_ids(ids: Sequence[Sequence[str]], runs: Sequence[Run]) -> list[str]:
    common = set(ids[0]).intersection(*ids[1:])
    if not common:
        raise UserError(
            f"{runs[0].folder} and {runs[1].folder} share no test row, so they cannot be compared. "
            "Give both the same data, split and seed."
        )
    return sorted(common)


def _only(ids: Sequence[str], answers: Answers, wanted: Sequence[str]) -> Answers:
    place = {row: i for i, row in enumerate(ids)}
    rows = [place[row] for row in wanted]
    references, predictions = answers.references[rows], answers.predictions[rows]
    return Answers(references, predictions, None, answers.labels, answers.positive)


def _must_agree(answers: Sequence[Answers], runs: Sequence[Run]) -> None:
    for other, run in zip(answers[1:], runs[1:], strict=True):
        same = list(other.labels) == list(answers[0].labels)
        if not same or not np.array_equal(other.references, answers[0].references):
            raise UserError(f"{run.folder} and {runs[0].folder} have other labels for their rows.")


def _metric(name: str, num_labels: int) -> Metric:
    metrics = {m.name(): m for m in standard_metrics(num_labels, probabilities=False)}
    if name not in metrics:
        raise UserError(f"metric: no `{name}` to compare by. {did_you_mean(name, metrics)}")
    return metrics[name]
