"""report.html of a run: did it help, how sure is that, where is it wrong, how to repeat it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from heapq import nlargest, nsmallest
from pathlib import Path
from typing import Any, Literal

from luthier.core.axes import Axis
from luthier.core.charts import Bin
from luthier.core.page import HTML_LANGUAGE, Language, write_page
from luthier.core.runs import Run
from luthier.core.yaml import load_yaml
from luthier.data.report_page import DataView, data_view
from luthier.evaluation.curves import read_training
from luthier.evaluation.examples import random_examples
from luthier.evaluation.known_metrics import scales_of
from luthier.evaluation.marked import marked
from luthier.evaluation.mistakes import read_predictions, worst_mistakes
from luthier.evaluation.record import (
    Evaluation,
    Judged,
    outcome,
    read_evaluation,
    read_optional,
    systems,
)

SHOWN_MISTAKES = 20
SHOWN_CONFUSIONS = 15
SHOWN_EXAMPLES = 8
SHOWN_CLASSES = 500
SHOWN_SIZES = 10
TABLE_CLASSES = 12
"""Up to so many classes the confusion matrix is a table with its numbers, beyond it a heat map."""
MAP_CLASSES = 120
"""Beyond so many only the most frequent confusions are listed."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Rows of one class that were taken for another, and their share of that class."""

    true: str | None
    predicted: str | None
    rows: int
    share: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who was taken for whom, and as what it is shown.

    Attributes:
        labels: C names; None is that there is nothing.
        counts: C lists of C counts, row = true, column = predicted.
        shown: None if there are too many classes to see anything.
        top: the most frequent confusions.
    """

    labels: Sequence[str | None]
    counts: Sequence[Sequence[int]]
    shown: Literal["table", "map"] | None
    top: list[Confusion]


def write_report(run_folder: Path, *, language: Language) -> Path:
    """Write the report of a run, from what lies in its folder.

    A part that the run does not have (no evaluation, no baselines, no probabilities, no validation
    split) is left out, or the report says why it is missing.

    Raises:
        UserError: the folder holds no run, or one of its files is damaged.
    """
    run = Run.open(run_folder)
    recipe, evaluation = load_yaml(run.recipe), read_evaluation(run)
    training = read_training(run.logged())
    return write_page(
        run.report,
        "evaluation/templates/report.html",
        language=language,
        name=run_folder.resolve().name,
        recipe=recipe,
        spoken=HTML_LANGUAGE[recipe.get("run", {}).get("language", "en")],
        recipe_text=run.recipe.read_text("utf-8"),
        environment=_flattened(read_optional(run.environment) or {}),
        hashes=_hashes(run),
        training=training,
        data=_data(run),
        evaluation=evaluation,
        scales=scales_of([*training.validation, *(evaluation["metrics"] if evaluation else ())]),
        **_answers(run, evaluation),
        **(_judgement(evaluation) if evaluation else {}),
    )


def top_confusions(
    confusion: Sequence[Sequence[int]], labels: Sequence[str | None], count: int
) -> list[Confusion]:
    """The most frequent confusions of a matrix whose rows are true and columns predicted."""
    found = (
        Confusion(labels[row], labels[column], n, n / sum(line))
        for row, line in enumerate(confusion)
        for column, n in enumerate(line)
        if n and row != column
    )
    return nlargest(count, found, key=lambda one: (one.rows, one.share))


def marks_spans(evaluation: Evaluation) -> bool:
    """Whether tags mark entities, rather than each word by itself, as parts of speech do."""
    return any(name.startswith("span_") for name in evaluation["metrics"])


def _judgement(evaluation: Evaluation) -> dict[str, Any]:
    judged = systems(evaluation)
    return {
        "outcome": outcome(evaluation),
        "systems": judged,
        "difference_axis": _difference_axis(evaluation),
        "primary_axis": _axis(judged, evaluation["primary"]),
        "classes": _classes(evaluation),
        "matrix": _matrix(evaluation),
        "bins": _bins(evaluation),
        "set_sizes": _set_sizes(evaluation),
        "errors": [(said, said - wanted) for wanted, said in evaluation["dots"] or ()],
    }


def _difference_axis(evaluation: Evaluation) -> Axis | None:
    """No difference in the middle, worse to the left, better to the right."""
    comparison = evaluation["comparison"]
    if not comparison or comparison["low"] is None:
        return None
    reach = max(abs(comparison["low"]), abs(comparison["high"]))
    return Axis.over([-reach, reach], marks=4)


def _axis(judged: Sequence[Judged], metric: str) -> Axis | None:
    found = [system.metrics[metric] for system in judged if metric in system.metrics]
    values = [
        value
        for one in found
        for value in (one["low"], one["high"], one["value"])
        if value is not None
    ]
    return Axis.over(values, marks=4) if values else None


def _classes(evaluation: Evaluation) -> list[tuple[str, Mapping[str, Any]]]:
    # The worst come first: they are what a reader can do something about.
    per_class = evaluation["per_class"] or {}
    return nsmallest(SHOWN_CLASSES, per_class.items(), key=lambda item: item[1]["f1"] or 0.0)


def _matrix(evaluation: Evaluation) -> Matrix | None:
    """Who was taken for whom; of entities, the last of the labels is that there is none."""
    counts, labels = evaluation["confusion"], evaluation["labels"]
    if evaluation["taken_for"] and marks_spans(evaluation):
        counts, labels = (
            evaluation["taken_for"]["counts"],
            [*evaluation["taken_for"]["types"], None],
        )
    if not counts:
        return None
    shown: Literal["table", "map"] | None = "map" if len(labels) <= MAP_CLASSES else None
    if len(labels) <= TABLE_CLASSES:
        shown = "table"
    return Matrix(labels, counts, shown, top_confusions(counts, labels, SHOWN_CONFUSIONS))


def _set_sizes(evaluation: Evaluation) -> list[tuple[str, int, int]]:
    """How many rows have 0, 1, 2, ... labels, and were given so many; the rest together."""
    sizes = evaluation["labels_per_row"]
    if not sizes:
        return []
    pairs = list(zip(sizes["reference"], sizes["prediction"], strict=True))
    shown = [(str(n), *pair) for n, pair in enumerate(pairs[:SHOWN_SIZES])]
    if rest := pairs[SHOWN_SIZES:]:
        shown.append((f"{SHOWN_SIZES}+", sum(a for a, _ in rest), sum(b for _, b in rest)))
    return shown


def _bins(evaluation: Evaluation) -> list[Bin]:
    calibration = evaluation["calibration"] or {"bins": []}
    return [
        Bin(one["confidence"], one["accuracy"], one["rows"])
        for one in calibration["bins"]
        if one["rows"]
    ]


def _answers(run: Run, evaluation: Evaluation | None) -> dict[str, Any]:
    """Single answers: the worst ones, and of texts some that are drawn at random."""
    kind = evaluation["kind"] if evaluation else "classes"
    found: dict[str, Any] = {"mistakes": None, "sentences": [], "examples": []}
    if not run.predictions.exists():
        return found
    mistakes = worst_mistakes(read_predictions(run.predictions), SHOWN_MISTAKES, kind)
    found["mistakes"] = mistakes
    if evaluation and kind == "tags":
        spans = marks_spans(evaluation)
        found["sentences"] = [marked(one, spans=spans) for one in mistakes.worst]
    if kind == "texts":
        found["examples"] = random_examples(read_predictions(run.predictions), SHOWN_EXAMPLES)
    return found


def _data(run: Run) -> DataView | None:
    report = read_optional(run.data / "report.json")
    return data_view(report) if report else None


def _hashes(run: Run) -> dict[str, str]:
    """SHA-256 of the files that say what was trained on and what came out."""
    files = (run.recipe, run.data / "manifest.json", run.evaluation, run.predictions)
    return {
        file.relative_to(run.folder).as_posix(): _sha256(file) for file in files if file.exists()
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _flattened(facts: Mapping[str, Any]) -> dict[str, str]:
    return dict(_leaves(facts, ""))


def _leaves(facts: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for key, value in facts.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{key}.")
        elif value is not None:
            yield f"{path}{key}", f"{value:.6g}" if isinstance(value, float) else str(value)
