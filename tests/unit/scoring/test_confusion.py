import numpy as np
from hypothesis import given
from sklearn.metrics import confusion_matrix as expected_matrix

from luthier.scoring.confusion import class_counts, confusion_matrix
from tests.unit.scoring.random_answers import answers, weighted


@given(answers())
def test_the_matrix_is_scikit_learns_over_all_classes(found):
    expected = expected_matrix(found.references, found.predictions, labels=range(len(found.labels)))
    assert np.array_equal(confusion_matrix(found), expected)


@given(weighted())
def test_the_counts_are_the_margins_of_the_weighted_matrix(case):
    found, weights = case
    size = len(found.labels)
    matrix = expected_matrix(
        found.references, found.predictions, labels=range(size), sample_weight=weights
    )
    counts = class_counts(found, weights[np.newaxis])
    margins = (matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0))
    for counted, margin in zip(
        (counts.correct, counts.support, counts.predicted), margins, strict=True
    ):
        np.testing.assert_allclose(counted[0], margin, atol=1e-12)


@given(answers())
def test_small_integer_types_count_alike(found):
    as_bytes = type(found)(
        found.references.astype(np.uint8), found.predictions.astype(np.uint8), None, found.labels
    )
    assert np.array_equal(confusion_matrix(as_bytes), confusion_matrix(found))
    assert np.array_equal(class_counts(as_bytes).correct, class_counts(found).correct)
