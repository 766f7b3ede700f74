import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from luthier.evaluation.audit import outliers
from luthier.evaluation.audit.outliers import find_outliers


def cloud(rows: int) -> np.ndarray:
    generator = np.random.default_rng(0)
    return (generator.normal(size=(rows, 8)) / 10 + np.eye(8)[np.arange(rows) % 2]).astype(
        np.float32
    )


def test_distances_are_those_of_scikit_learn() -> None:
    features = cloud(60)
    centred = features - features.mean(axis=0)
    near = NearestNeighbors(n_neighbors=11, metric="cosine").fit(centred)
    expected = near.kneighbors(centred)[0][:, 1:].mean(axis=1)
    np.testing.assert_allclose(find_outliers(features).distances, expected, atol=1e-5)


def test_a_row_far_from_all_others_is_flagged() -> None:
    features = cloud(200)
    features[17] = 20 * np.eye(8, dtype=np.float32)[5]
    found = find_outliers(features)
    assert found.flagged[17]
    assert found.flagged.sum() < 5
    assert found.scores.argmax() == 17
    assert 0 <= found.scores.min() <= found.scores.max() < 1


def test_of_many_rows_some_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outliers, "ALL", 100)
    monkeypatch.setattr(outliers, "SAMPLE", 50)
    features = cloud(200)
    features[17] = 20 * np.eye(8, dtype=np.float32)[5]
    found = find_outliers(features)
    assert found.compared_with == 50
    assert found.distances.argmax() == 17


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_few_rows_have_no_outlier(rows: int) -> None:
    found = find_outliers(cloud(rows))
    assert not found.flagged.any()
    assert np.isfinite(found.scores).all()


def test_copies_of_one_row_are_no_outliers() -> None:
    found = find_outliers(np.ones((30, 8), np.float32))
    assert not found.flagged.any()
