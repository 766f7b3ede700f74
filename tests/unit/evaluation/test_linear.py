import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression, Ridge

from luthier.evaluation import linear
from luthier.evaluation.linear import fit_linear


def clouds(classes, rows=90):
    generator = np.random.default_rng(0)
    labels = generator.choice(classes, rows)
    return generator.normal(labels[:, np.newaxis], 1, (rows, 4)), labels


def line(noise=1.0, rows=200, columns=30):
    generator = np.random.default_rng(1)
    features = generator.normal(0, 1, (rows, columns))
    return features, 7 + features @ generator.normal(0, 1, columns) + generator.normal(
        0, noise, rows
    )


def test_of_classes_it_is_scikit_learns_regression():
    features, labels = clouds([0, 1, 2])
    expected = LogisticRegression(C=10, max_iter=200).fit(features, labels).predict_proba(features)
    np.testing.assert_allclose(fit_linear(features, labels, "classes", 3)(features), expected)


@pytest.mark.parametrize("classes", [[0, 2], [1, 3], [0, 1, 4]])
def test_classes_without_a_row_get_probability_0(classes):
    features, labels = clouds(classes)
    probabilities = fit_linear(features, labels, "classes", 5)(features)
    absent = sorted(set(range(5)) - set(classes))
    assert (probabilities[:, absent] == 0).all()
    assert (probabilities[:, classes] > 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_a_single_class_is_the_answer_to_everything():
    features, labels = clouds([1])
    assert fit_linear(features, labels, "classes", 3)(features[:2]).tolist() == [[0, 1, 0]] * 2


@pytest.mark.parametrize("kind", ["classes", "label_sets", "numbers"])
def test_sparse_features_give_the_same_answers_as_dense_ones(kind):
    features, labels = clouds([0, 1, 2])
    targets = {"classes": labels, "label_sets": np.eye(3)[labels], "numbers": labels * 1.5}[kind]
    sparse = csr_array(features)
    dense = fit_linear(features, targets, kind, 3)(features)
    np.testing.assert_allclose(fit_linear(sparse, targets, kind, 3)(sparse), dense, atol=2e-2)


def test_stopping_before_the_optimum_is_no_warning():
    generator = np.random.default_rng(0)
    features = generator.normal(0, 1000, (60, 30)) ** 3
    shares = fit_linear(features, generator.integers(0, 3, 60), "classes", 3)(features)
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_every_label_of_a_set_has_a_regression_of_its_own():
    features, labels = clouds([0, 1])
    both = np.stack([labels, 1 - labels], axis=1)
    found = fit_linear(features, both, "label_sets", 2)(features)
    expected = LogisticRegression(C=10).fit(features, labels).predict_proba(features)[:, 1]
    np.testing.assert_allclose(found[:, 0], expected, atol=0.02)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-3)


def test_a_label_that_no_row_has_gets_probability_0_and_one_that_all_have_gets_1():
    features, labels = clouds([0, 1])
    sets = np.stack([np.zeros(90), labels, np.ones(90)], axis=1)
    found = fit_linear(features, sets, "label_sets", 3)(features)
    assert (found[:, [0, 2]] == [0, 1]).all()


def test_a_number_is_what_ridge_regression_says_with_its_best_penalty():
    features, numbers = line()
    found = fit_linear(features, numbers, "numbers", 1)(features)
    assert found.shape == (200, 1)
    candidates = [
        Ridge(alpha=a).fit(features, numbers).predict(features) for a in linear._PENALTIES
    ]
    assert min(np.abs(found[:, 0] - one).max() for one in candidates) < 1e-9


@pytest.mark.parametrize(("noise", "least", "most"), [(0.01, 0.0, 1.0), (60.0, 100.0, 1e9)])
def test_the_noisier_the_numbers_the_larger_the_penalty(noise, least, most, monkeypatch):
    chosen = []

    class Told(Ridge):
        def predict(self, rows):
            chosen.append(self.alpha)
            return super().predict(rows)

    monkeypatch.setattr(linear, "Ridge", Told)
    features, numbers = line(noise)
    fit_linear(features, numbers, "numbers", 1)(features)
    assert least <= chosen[-1] <= most


def test_the_error_is_that_of_leaving_out_one_row_after_the_other():
    features, numbers = line()
    targets = np.concatenate(
        [numbers[:, None], np.random.default_rng(3).choice([-1.0, 1.0], (200, 400))], axis=1
    )
    left_out = [
        Ridge(alpha=10)
        .fit(np.delete(features, i, 0), np.delete(numbers, i))
        .predict(features[[i]])[0]
        for i in range(200)
    ]
    expected = np.mean((numbers - left_out) ** 2)
    assert linear._cross_validated(features, targets, 10) == pytest.approx(expected, rel=0.03)


def test_equal_numbers_are_the_answer_to_everything():
    features, _ = clouds([0, 1])
    assert (
        fit_linear(features, np.full(90, 2.5), "numbers", 1)(features[:2]).tolist() == [[2.5]] * 2
    )


@pytest.mark.parametrize("rows", [1, 2, 3])
@pytest.mark.parametrize("kind", ["classes", "label_sets", "numbers"])
def test_a_few_rows_are_enough(rows, kind):
    features = np.eye(3)[:rows]
    targets = {
        "classes": np.arange(rows),
        "label_sets": np.eye(3)[:rows],
        "numbers": np.arange(rows) * 1.0,
    }
    assert np.isfinite(fit_linear(features, targets[kind], kind, 3)(features)).all()


def test_the_penalty_is_chosen_by_some_of_very_many_rows(monkeypatch):
    features, numbers = line()
    whole = fit_linear(features, numbers, "numbers", 1)(features)
    monkeypatch.setattr(linear, "_CHOOSING_ROWS", 150)
    np.testing.assert_allclose(fit_linear(features, numbers, "numbers", 1)(features), whole)
