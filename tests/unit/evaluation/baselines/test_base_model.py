import numpy as np
import pytest

from luthier.core.config import read_recipe
from luthier.evaluation.baselines.base_model import BaseModel
from luthier.evaluation.classifier import Lesson
from tests.tiny import FAMILIES, save_tiny

TEXTS = ["buy cheap pills now", "see you at lunch", "", "很好看"] * 3


def answers(base, kind="classes", targets=None, **options):
    recipe = read_recipe(
        {
            "task": "text_classification",
            "data": {"source": "rows.csv"},
            "model": {"base": str(base), "max_length": 16},
            "training": {"precision": "fp32"},
        }
    )
    targets = np.arange(12) % 2 if targets is None else targets
    answer = BaseModel(**options).fit(Lesson(iter(TEXTS), targets, kind, 2, recipe))
    return answer(TEXTS)


@pytest.mark.parametrize("family", FAMILIES)
def test_any_family_has_features(family, tmp_path):
    found = answers(save_tiny(tmp_path / family, family))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)


def test_the_features_of_a_text_do_not_depend_on_those_beside_it(tiny_bert):
    found = answers(tiny_bert)
    np.testing.assert_allclose(found[:4], found[4:8], atol=1e-5)


def test_the_features_tell_texts_apart(tiny_bert):
    targets = np.array([0, 1, 0, 1] * 3)
    assert (answers(tiny_bert, targets=targets).argmax(axis=1) == targets).all()


def test_numbers_are_learnt_from_the_same_features(tiny_bert):
    targets = np.array([1.0, 2.0, 3.0, 4.0] * 3)
    found = answers(tiny_bert, "numbers", targets)[:, 0]
    assert np.corrcoef(found, targets)[0, 1] > 0.9


def test_of_many_rows_some_are_used(tiny_bert):
    assert np.isfinite(answers(tiny_bert, max_rows=4)).all()
