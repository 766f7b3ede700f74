"""The metrics that answers are judged by when their recipe names none."""

from collections.abc import Iterable
from typing import Any

from luthier.core.registry import Menu
from luthier.scoring.metric import Metric

_TWO_CLASSES: tuple[Any, ...] = (
    "accuracy",
    "precision",
    "recall",
    "f1",
    {"f1": {"average": "macro"}},
    {"f1": {"average": "micro"}},
    {"f1": {"average": "weighted"}},
    "roc_auc",
    "calibration_error",
)
_SEVERAL_CLASSES: tuple[Any, ...] = (
    "accuracy",
    {"precision": {"average": "macro"}},
    {"recall": {"average": "macro"}},
    {"f1": {"average": "macro"}},
    {"f1": {"average": "micro"}},
    {"f1": {"average": "weighted"}},
    "roc_auc",
    "calibration_error",
)
_LABEL_SETS: tuple[Any, ...] = (
    {"precision": {"average": "macro"}},
    {"recall": {"average": "macro"}},
    {"f1": {"average": "macro"}},
    {"precision": {"average": "micro"}},
    {"recall": {"average": "micro"}},
    {"f1": {"average": "micro"}},
    {"f1": {"average": "weighted"}},
    "subset_accuracy",
    "hamming_loss",
)
_NUMBERS = ("pearson", "spearman", "mean_squared_error", "mean_absolute_error", "r2")
_TAGS: tuple[Any, ...] = (
    "span_f1",
    "span_precision",
    "span_recall",
    {"span_f1": {"average": "macro"}},
    "token_accuracy",
)


def standard_metrics(num_labels: int, *, probabilities: bool = True) -> list[Metric[Any]]:
    """The standard set of a classification, for two classes or for several.

    With one answer per row the micro average equals accuracy; people look for it all the same.

    Args:
        num_labels: C, how many classes there are.
        probabilities: whether the answers carry any; without, ROC-AUC and calibration are left out.
    """
    metrics = metrics_of(_TWO_CLASSES if num_labels == 2 else _SEVERAL_CLASSES)
    return [metric for metric in metrics if probabilities or not metric.needs_probabilities]


def label_set_metrics() -> list[Metric[Any]]:
    """The standard set where a row has any number of labels."""
    return metrics_of(_LABEL_SETS)


def number_metrics() -> list[Metric[Any]]:
    """The standard set of a regression."""
    return metrics_of(_NUMBERS)


def tag_metrics() -> list[Metric[Any]]:
    """The standard set of a token classification."""
    return metrics_of(_TAGS)


def metrics_of(choices: Iterable[Any]) -> list[Metric[Any]]:
    """The metrics that are named, as a recipe writes them: `bleu`, `{rouge: {kind: rouge2}}`.

    Raises:
        UserError: an unknown name or option.
    """
    menu = Menu("luthier.scoring.metrics")
    return [menu.build(choice) for choice in choices]
