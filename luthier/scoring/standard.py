"""The metrics that a classification is judged by when its recipe names none."""

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


def standard_metrics(num_labels: int, *, probabilities: bool = True) -> list[Metric]:
    """The standard set, for two classes or for several.

    With one answer per row the micro average equals accuracy; people look for it all the same.

    Args:
        num_labels: C, how many classes there are.
        probabilities: whether the answers carry any; without, ROC-AUC and calibration are left out.
    """
    menu = Menu("luthier.scoring.metrics")
    chosen = _TWO_CLASSES if num_labels == 2 else _SEVERAL_CLASSES
    metrics: list[Metric] = [menu.build(choice) for choice in chosen]
    return [metric for metric in metrics if probabilities or not metric.needs_probabilities]
