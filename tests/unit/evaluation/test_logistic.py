import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from luthier.evaluation.logistic import fit_logistic


def clouds(classes, rows=90):
    generator = np.random.default_rng(0)
    labels = generator.choice(classes, rows)
    return generator.normal(labels[:, np.newaxis], 1, (rows, 4)), labels


def test_it_is_scikit_learns_regression():
    features, labels = clouds([0, 1, 2])
    expected = LogisticRegression(C=10, max_iter=200).fit(features, labels).predict_proba(features)
    np.testing.assert_allclose(fit_logistic(features, labels, 3)(features), expected)


@pytest.mark.parametrize("classes", [[0, 2], [1, 3], [0, 1, 4]])
def test_classes_without_a_row_get_probability_0(classes):
    features, labels = clouds(classes)
    probabilities = fit_logistic(features, labels, 5)(features)
    absent = sorted(set(range(5)) - set(classes))
    assert (probabilities[:, absent] == 0).all()
    assert (probabilities[:, classes] > 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_a_single_class_is_the_answer_to_everything():
    features, labels = clouds([1])
    assert fit_logistic(features, labels, 3)(features[:2]).tolist() == [[0, 1, 0], [0, 1, 0]]


def test_sparse_features_give_the_same_answers_as_dense_ones():
    features, labels = clouds([0, 1, 2])
    dense = fit_logistic(features, labels, 3)(features)
    sparse = csr_array(features)
    np.testing.assert_allclose(fit_logistic(sparse, labels, 3)(sparse), dense, atol=1e-6)


def test_stopping_before_the_optimum_is_no_warning():
    generator = np.random.default_rng(0)
    features = generator.normal(0, 1000, (60, 30)) ** 3
    shares = fit_logistic(features, generator.integers(0, 3, 60), 3)(features)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
