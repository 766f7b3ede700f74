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
from luthier.data.duplicates.shingles import text_of
from luthier.evaluation.answers import collect_answers, mapped
from luthier.evaluation.baseline import Baseline
from luthier.evaluation.bootstrap import intervals
from luthier.evaluation.predict import Model
from luthier.evaluation.significance import compare
from luthier.evaluation.summary import summary
from luthier.evaluation.verdict import verdict
from luthier.models.load import locate
from luthier.scoring.metric import Answers, Integers, Metric
from luthier.tasks.encoded import Encoded

BASELINES = Menu("luthier.evaluation.baselines")
Say = Callable[[str], None]
Rows = Callable[[], Iterable[Row]]
"""Opens a stream of rows anew; they are read once for each reader, never held."""
TrainRows = tuple[Rows, Integers]


def judge(
    model: Model, encoded: Encoded, test: Rows, train: TrainRows, recipe: Recipe, say: Say
) -> tuple[dict[str, Any], Answers]:
    """Ask model and baselines the same rows, and compare.

    Args:
        model: the tuned one.
        encoded: the rows it is asked.
        test: the same rows as text, for the baselines.
        train: what the baselines learn from: rows, and their class numbers.
        recipe: names the base model, the seed and the language.
        say: takes lines for people.

    Returns:
        the content of evaluation.json without `split`, and the model's answers.
    """
    seed, metrics = recipe.run.seed, model.task.metrics()
    ours = collect_answers(model, encoded)
    measured = intervals(metrics, ours, seed=seed)
    theirs: dict[str, Answers] = {}
    titles: dict[str, str] = {}
    for name, baseline in make_baselines(recipe):
        say(f"baseline: {baseline.title}")
        titles[name] = baseline.title
        theirs[name] = _answers_of(baseline, train, test, ours)
    primary = next(metric for metric in metrics if metric.name() == model.task.primary)
    best = _best(primary, theirs)
    comparisons = {name: compare(primary, ours, theirs[name], seed=seed) for name in theirs}
    verdicts = {
        name: verdict(found, _title(titles[name], name, recipe), language=recipe.run.language)
        for name, found in comparisons.items()
    }
    truncation = encoded.truncation
    return {
        "rows": len(ours),
        "metrics": {name: interval.record() for name, interval in measured.items()},
        "primary": primary.name(),
        "baselines": {
            name: {
                metric: interval.record()
                for metric, interval in intervals(metrics, answers, seed=seed).items()
            }
            for name, answers in theirs.items()
        },
        "comparison": {"against": best, **comparisons[best].record()},
        "verdict": verdicts[best],
        "verdicts": verdicts,
        **summary(ours),
        "truncated": {"rows": truncation.rows, "tokens": truncation.tokens},
    }, ours


def judge_run(
    model: Model, dataset: Dataset, test: Encoded, run: Run, recipe: Recipe, say: Say
) -> None:
    """Judge a run on its test split: writes evaluation.json and predictions.jsonl."""
    train = train_rows(model, dataset)
    found, answers = judge(model, test, lambda: dataset.rows("test"), train, recipe, say)
    write_lines(run.predictions, prediction_lines(dataset.rows("test"), answers))
    write_json(run.evaluation, {"split": "test", **found})


def train_rows(model: Model, dataset: Dataset) -> TrainRows:
    """What the baselines learn from: the run's training rows and their class numbers."""
    classes = {label: number for number, label in enumerate(model.task.labels)}
    labels = [classes[str(label)] for label in dataset.column("train", "label")]
    return lambda: dataset.rows("train"), np.array(labels, np.int64)


def make_baselines(recipe: Recipe) -> Iterator[tuple[str, Baseline]]:
    """Every baseline on the menu, one after the other, so that one model is held at a time."""
    for name in BASELINES.names():
        options: dict[str, Any] = {}
        if name == "base_model":
            options = {
                "location": locate(recipe.model.base),
                "max_length": recipe.model.max_length,
                "precision": recipe.training.precision,
            }
        yield name, BASELINES.build({name: options})


def prediction_lines(rows: Iterable[Row], answers: Answers) -> Iterator[str]:
    """predictions.jsonl, line by line: id, input, reference, prediction, score."""
    assert answers.probabilities is not None
    for i, row in enumerate(rows):
        answer = int(answers.predictions[i])
        line = {
            "id": row.id,
            "input": {name: value for name, value in row.fields.items() if name != "label"},
            "reference": answers.labels[int(answers.references[i])],
            "prediction": answers.labels[answer],
            "score": round(float(answers.probabilities[i, answer]), 6),
        }
        yield json.dumps(line, ensure_ascii=False)


def _answers_of(baseline: Baseline, train: TrainRows, test: Rows, ours: Answers) -> Answers:
    rows, labels = train
    probabilities = mapped((len(ours), len(ours.labels)))
    predictions = np.empty(len(ours), np.int64)
    start = 0
    for batch in baseline.answer(_texts(rows()), labels, _texts(test()), len(ours.labels)):
        end = start + len(batch)
        probabilities[start:end] = batch
        predictions[start:end] = batch.argmax(axis=1)
        start = end
    return Answers(ours.references, predictions, probabilities, ours.labels, ours.positive)


def _texts(rows: Iterable[Row]) -> Iterator[str]:
    return (text_of(row.fields) for row in rows)


def _best(metric: Metric, answers: dict[str, Answers]) -> str:
    sign = 1 if metric.higher_is_better else -1
    return max(answers, key=lambda name: sign * metric.value(answers[name]))


_TITLES_ZH = {"majority": "多数类", "base_model": "未微调的模型加线性分类头"}


def _title(title: str, name: str, recipe: Recipe) -> str:
    return _TITLES_ZH.get(name, title) if recipe.run.language == "zh" else title
