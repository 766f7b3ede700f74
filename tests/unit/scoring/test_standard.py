import pytest

from luthier.scoring.standard import standard_metrics


def names(num_labels, **options):
    return [metric.name() for metric in standard_metrics(num_labels, **options)]


def test_two_classes_are_judged_by_the_positive_one():
    assert names(2) == [
        *("accuracy", "precision", "recall", "f1", "f1_macro", "f1_micro", "f1_weighted"),
        *("roc_auc", "calibration_error"),
    ]


@pytest.mark.parametrize("num_labels", [3, 77])
def test_several_classes_are_judged_by_averages(num_labels):
    assert names(num_labels) == [
        *("accuracy", "precision_macro", "recall_macro", "f1_macro", "f1_micro"),
        *("f1_weighted", "roc_auc", "calibration_error"),
    ]


@pytest.mark.parametrize("num_labels", [2, 3])
def test_without_probabilities_only_the_answers_are_judged(num_labels):
    assert names(num_labels, probabilities=False) == names(num_labels)[:-2]
