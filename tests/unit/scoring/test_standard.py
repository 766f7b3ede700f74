import pytest

from luthier.core.errors import UserError
from luthier.scoring.answers import LabelSetAnswers, NumberAnswers, TagAnswers
from luthier.scoring.standard import (
    label_set_metrics,
    metrics_of,
    number_metrics,
    standard_metrics,
    tag_metrics,
)


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


@pytest.mark.parametrize(
    ("standard", "kind", "expected"),
    [
        (
            label_set_metrics,
            LabelSetAnswers,
            [
                *("precision_macro", "recall_macro", "f1_macro"),
                *("precision_micro", "recall_micro", "f1_micro"),
                *("f1_weighted", "subset_accuracy", "hamming_loss"),
            ],
        ),
        (
            number_metrics,
            NumberAnswers,
            ["pearson", "spearman", "mean_squared_error", "mean_absolute_error", "r2"],
        ),
        (
            tag_metrics,
            TagAnswers,
            ["span_f1", "span_precision", "span_recall", "span_f1_macro", "token_accuracy"],
        ),
    ],
)
def test_each_kind_has_a_standard_set_that_judges_it(standard, kind, expected):
    assert [metric.name() for metric in standard()] == expected
    assert all(kind in metric.judges for metric in standard())


def test_metrics_are_named_as_a_recipe_writes_them():
    chosen = metrics_of(["bleu", {"rouge": {"kind": "rouge2"}}, {"pass_at_k": {"k": 10}}])
    assert [metric.name() for metric in chosen] == ["bleu", "rouge2", "pass_at_10"]


def test_an_unknown_metric_is_refused_with_the_nearest_name():
    with pytest.raises(UserError, match="Did you mean `bleu`"):
        metrics_of(["blue"])
