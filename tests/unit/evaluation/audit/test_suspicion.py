from typing import Any

import numpy as np

from luthier.data.duplicates.repeats import Repeats
from luthier.evaluation.audit.conflicts import Conflicts
from luthier.evaluation.audit.gather import Gathered, Labels
from luthier.evaluation.audit.label_errors import LabelErrors
from luthier.evaluation.audit.outliers import Outliers
from luthier.evaluation.audit.suspicion import Evidence, Suspicion, weigh
from luthier.evaluation.dynamics import Dynamics

LABELS = Labels("classes", ["x", "y"], np.array([0, 1, 0, 1, 0]), [(0,), (1,)])


def gathered(labels: Labels = LABELS) -> Gathered:
    repeats: Any = object.__new__(Repeats)
    ids = np.array([f"{i:032x}" for i in range(5)], "S32")
    return Gathered(ids, np.zeros((5, 2), np.float32), labels, repeats)


def errors(quality: list[float], flagged: list[int]) -> LabelErrors:
    said = np.array([1, 1, 1, 0, 0])
    return LabelErrors(np.ones(5, np.bool_), np.array(quality), np.isin(range(5), flagged), said, 1)


def conflicts(scores: list[float]) -> Conflicts:
    rivals = np.where(np.array(scores) > 0, 1 - LABELS.codes, -1)
    return Conflicts(np.arange(5), np.array(scores), rivals)


def outliers(*distances: float) -> Outliers:
    return Outliers(np.array(distances or [1] * 5, np.float32), 3.0, 5)


def all_of(quality: list[float], flagged: list[int], **more: Any) -> Suspicion:
    evidence = {"conflicts": conflicts([0] * 5), "outliers": outliers(), "dynamics": None} | more
    return weigh(gathered(), Evidence(errors(quality, flagged), **evidence))


def test_the_least_fitting_label_comes_first() -> None:
    found = all_of([0.9, 0.1, 0.3, 0.8, 0.2], [1, 2, 4])
    assert found.worst().tolist() == [1, 4, 2]


def test_a_share_is_of_all_rows() -> None:
    found = all_of([0.9, 0.1, 0.3, 0.8, 0.2], [1])
    assert found.worst(0.4).tolist() == [1, 4]
    assert found.reason(4) == "doubtful label"


def test_the_strongest_evidence_ranks_a_row_and_all_is_told() -> None:
    found = all_of([0.9, 0.7, 0.9, 0.9, 0.9], [1], conflicts=conflicts([0, 0.75, 0.5, 0, 0]))
    assert found.worst().tolist() == [1, 2]
    assert found.scores[[1, 2]].tolist() == [0.75, 0.5]
    assert found.reason(1) == "label error, conflicting labels"
    assert found.counts() == {"label error": 1, "conflicting labels": 2, "outlier": 0}


def test_what_copies_say_is_suggested_where_the_label_is_not_doubtful() -> None:
    found = all_of([0.9] * 5, [0], conflicts=conflicts([0.5, 0, 0, 0.5, 0]))
    assert [found.suggest(row) for row in (0, 3)] == ["y", "x"]


def test_an_outlier_is_scored_by_how_far_it_lies() -> None:
    found = all_of([1.0] * 5, [], outliers=outliers(1, 1, 4, 1, 1))
    assert found.worst().tolist() == [2]
    assert found.scores[2] == 0.75


def dynamics(confidence: list[float]) -> Dynamics:
    held = np.array(confidence, np.float32)
    whole = np.ones(len(held), np.int64)
    ids = np.array([f"{i:032x}" for i in range(len(held))])
    return Dynamics(ids, whole, held, held, held, whole)


def test_what_a_run_found_hard_counts_where_labels_cannot_be_judged() -> None:
    learnt = dynamics([0.9, 0.91, 0.1, 0.9])
    none = Labels("none", [], np.full(5, -1), [])
    found = weigh(gathered(none), Evidence(None, None, outliers(), learnt))
    assert found.worst().tolist() == [2]
    assert found.reason(2) == "hard to learn"
    assert found.scores[4] == 0  # a row that was not trained on


def test_where_labels_can_be_judged_it_does_not() -> None:
    found = all_of([1.0] * 5, [], dynamics=dynamics([0.9, 0.91, 0.1, 0.9]))
    assert not found.flagged.any()
