"""The verdict on a tuned model: its answers, the baselines', and whether the difference is real."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from luthier.core.config import Recipe
from luthier.core.files import write_json, write_lines
from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.core.runs import Run
from luthier.data.dataset import Dataset
from luthier.evaluation.baseline import Baseline, Question
from luthier.evaluation.bootstrap import intervals
from luthier.evaluation.predict import Model, Rows, load_base
from luthier.evaluation.significance import compare
from luthier.evaluation.summary import summary
from luthier.evaluation.verdict import verdict
from luthier.scoring.answers import Answers, Integers
from luthier.scoring.metric import Metric
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Task

BASELINES = Menu("luthier.evaluation.baselines")
Say = Callable[[str], None]


def judge(
    model: Model, encoded: Encoded, test: Rows, dataset: Dataset, recipe: Recipe, say: Say
) -> tuple[dict[str, Any], Answers]:
    """Ask model and baselines the same rows, and compare.

    Args:
        model: the tuned one.
        encoded: the rows it is asked.
        test: the same rows as text, for the baselines.
        dataset: what the baselines learn from.
        recipe: names the base model, the seed and the language.
        say: takes lines for people.

    Returns:
        the content of evaluation.json without `split`, and the model's answers.
    """
    task = model.task
    ours = model.answers(encoded, test())
    question = Question(
        task=task,
        train=lambda: dataset.rows("train"),
        validation=(lambda: dataset.rows("validation")) if "validation" in dataset.splits else None,
        test=test,
        encoded=encoded,
        ours=ours,
        recipe=recipe,
        untuned=lambda: load_base(recipe, task),
    )
    theirs, titles = _baselines(question, say)
    metrics, groups = task.metrics(), _groups(test(), recipe)

    def measured(answers: Answers) -> dict[str, Any]:
        found = intervals(metrics, answers, seed=recipe.run.seed, groups=groups)
        return {name: interval.record() for name, interval in found.items()}

    primary = next(metric for metric in metrics if metric.name() == task.primary)
    rivals = _rivals(primary, theirs)
    comparisons = {
        name: compare(primary, ours, answers, seed=recipe.run.seed, groups=groups)
        for name, answers in rivals.items()
    }
    best = next(iter(rivals))
    verdicts = {
        name: verdict(found, titles[name], language=recipe.run.language)
        for name, found in comparisons.items()
    }
    truncation = encoded.truncation
    return {
        "kind": ours.kind,
        "rows": len(ours),
        "metrics": measured(ours),
        "primary": primary.name(),
        "signatures": {m.name(): told for m in metrics if (told := m.signature(ours)) is not None},
        "baselines": {name: measured(answers) for name, answers in theirs.items()},
        "comparison": {"against": best, **comparisons[best].record()},
        "verdict": verdicts[best],
        "verdicts": verdicts,
        **summary(ours),
        "truncated": {"rows": truncation.rows, "tokens": truncation.tokens},
    }, ours


def _baselines(question: Question, say: Say) -> tuple[dict[str, Answers], dict[str, str]]:
    """The answers of each baseline, one after the other, and its title in a sentence."""
    answers: dict[str, Answers] = {}
    titles: dict[str, str] = {}
    is_chinese = question.recipe.run.language == "zh"
    for name in question.task.baselines:
        baseline: Baseline = BASELINES.build(name)
        say(f"baseline: {baseline.title}")
        titles[name] = baseline.title_zh if is_chinese else baseline.title
        answers[name] = baseline.answers(question)
    return answers, titles


def _groups(rows: Iterable[Row], recipe: Recipe) -> Integers | None:
    """(N,) the group of each row, where the recipe keeps groups together: they are no accident."""
    name = recipe.data.split.group
    if name is None:
        return None
    numbers: dict[str, int] = {}
    keys = (json.dumps(row.get(name), sort_keys=True) for row in rows)
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def judge_run(
    model: Model, dataset: Dataset, test: Encoded, run: Run, recipe: Recipe, say: Say
) -> None:
    """Judge a run on its test split: writes evaluation.json and predictions.jsonl."""
    found, answers = judge(model, test, lambda: dataset.rows("test"), dataset, recipe, say)
    write_lines(run.predictions, prediction_lines(dataset.rows("test"), answers, model.task))
    write_json(run.evaluation, {"split": "test", **found})


def prediction_lines(rows: Iterable[Row], answers: Answers, task: Task) -> Iterator[str]:
    """predictions.jsonl, line by line: id, input, reference, prediction, score."""
    for i, row in enumerate(rows):
        line = {
            "id": row.id,
            "input": task.question_of(row),
            **answers.record(i),
        }
        yield json.dumps(line, ensure_ascii=False)


def _rivals(metric: Metric[Any], theirs: dict[str, Answers]) -> dict[str, Answers]:
    """The baselines that can be compared, the best first; one that copies has no perplexity."""
    sign = 1 if metric.higher_is_better else -1
    values = {name: sign * metric.value(answers) for name, answers in theirs.items()}
    defined = sorted((n for n in values if np.isfinite(values[n])), key=lambda n: -values[n])
    return {name: theirs[name] for name in defined or theirs}
