import math

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import roc_auc_score

from luthier.scoring.answers import ClassAnswers
from luthier.scoring.metrics import roc_auc
from luthier.scoring.metrics.roc_auc import RocAuc
from tests.unit.scoring.random_answers import counted, repeated, weighted


@given(weighted(most=2, complete=True))
def test_for_two_classes_it_is_scikit_learns_of_the_positive_class(case):
    answers, weights = case
    is_positive = answers.references == answers.positive
    scores = answers.probabilities[:, answers.positive]
    expected = roc_auc_score(is_positive, scores, sample_weight=weights)
    assert RocAuc().value(answers, weights) == pytest.approx(expected, abs=1e-12)


@given(weighted(least=3, complete=True))
def test_for_several_classes_it_is_scikit_learns_one_against_the_rest(case):
    answers, weights = case
    expected = roc_auc_score(
        answers.references, answers.probabilities, multi_class="ovr", sample_weight=weights
    )
    assert RocAuc().value(answers, weights) == pytest.approx(expected, abs=1e-12)


@given(counted())
def test_a_row_of_weight_0_is_as_if_it_were_not_there(case):
    answers, times = case
    expected = RocAuc().value(repeated(answers, times))
    assert RocAuc().value(answers, times) == pytest.approx(expected, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("references", [[0, 0, 0], [1, 1, 1], [2, 2, 2], [0, 1, 1], [0, 2, 2]])
def test_it_is_not_defined_where_a_class_is_missing(references):
    probabilities = np.full((3, 3), 1 / 3)
    answers = ClassAnswers(np.array(references), np.zeros(3, int), probabilities, ["a", "b", "c"])
    assert math.isnan(RocAuc().value(answers))


def test_it_is_not_defined_for_a_single_class():
    answers = ClassAnswers(np.zeros(3, int), np.zeros(3, int), np.ones((3, 1)), ["a"])
    assert math.isnan(RocAuc().value(answers))


def test_equal_scores_are_worth_one_half():
    answers = ClassAnswers(np.array([0, 1, 1]), np.zeros(3, int), np.full((3, 2), 0.5), ["a", "b"])
    assert RocAuc().value(answers) == 0.5


def test_it_does_not_depend_on_how_the_work_is_cut(monkeypatch):
    generator = np.random.default_rng(0)
    references = generator.integers(0, 4, 60)
    probabilities = generator.dirichlet(np.ones(4), 60)
    answers = ClassAnswers(references, references, probabilities, list("abcd"))
    weights = generator.integers(0, 3, (7, 60)).astype(float)
    whole = RocAuc().replicates(answers, weights)
    monkeypatch.setattr(roc_auc, "_CACHE_ELEMENTS", 1)
    monkeypatch.setattr(roc_auc, "_COLUMN_ELEMENTS", 1)
    assert np.array_equal(RocAuc().replicates(answers, weights), whole)


def test_probabilities_may_be_a_memory_map(tmp_path):
    generator = np.random.default_rng(0)
    probabilities = generator.dirichlet(np.ones(3), 50).astype(np.float32)
    mapped = np.memmap(tmp_path / "probabilities", np.float32, "w+", shape=(50, 3))
    mapped[:] = probabilities
    references = generator.integers(0, 3, 50)
    values = [
        RocAuc().value(ClassAnswers(references, references, scores, list("abc")))
        for scores in (probabilities, mapped)
    ]
    assert values[0] == values[1]
