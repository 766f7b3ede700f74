import sys
from typing import Any

import numpy as np
import pytest

from luthier.core.errors import UserError
from luthier.evaluation.audit import label_errors
from luthier.evaluation.audit.gather import Labels
from luthier.evaluation.audit.label_errors import LabelErrors, find_label_errors

NAMES = ["a", "b", "c"]


def classes(codes: Any, names: list[str] = NAMES) -> Labels:
    return Labels("classes", names, np.array(codes), [(n,) for n in range(len(names))])


def blobs(rows: int = 90, kinds: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Rows around corners, far apart, and which corner each is at."""
    generator = np.random.default_rng(0)
    codes = np.arange(rows) % kinds
    features = 5 * np.eye(6)[codes] + generator.normal(size=(rows, 6))
    return features.astype(np.float32), codes


def judged(codes: Any, probabilities: Any, monkeypatch: pytest.MonkeyPatch) -> LabelErrors:
    """With given probabilities in the place of a model's."""
    said = np.array(probabilities)
    monkeypatch.setattr(label_errors, "_held_out", lambda *_: said)
    features = np.zeros((len(said), 2), np.float32)
    return find_label_errors(features, classes(codes, NAMES[: said.shape[1]]), np.arange(len(said)))


def test_the_quality_is_the_probability_of_the_label(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.6, 0.3, 0.1]] * 5
    found = judged([0, 1, 2, 1] * 5, said, monkeypatch)
    expected = [0.7, 0.3, 0.8, 0.3]
    assert found.quality.tolist() == pytest.approx(expected * 5)
    assert found.agreement == 0.5


def test_flagged_is_what_confident_learning_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    # Thresholds, the mean p of each class among its own rows: (4 * 0.9 + 0.05) / 5 = 0.73 for 0,
    # and 0.9 for 1. The fifth row has p_1 = 0.95 >= 0.9 and is counted as a 1 that is called 0; so
    # the confident joint is ((4, 1), (0, 5)), and one row labelled 0 is pruned: the least fitting.
    said = [[0.9, 0.1]] * 4 + [[0.05, 0.95]] + [[0.1, 0.9]] * 5
    found = judged([0] * 5 + [1] * 5, said, monkeypatch)
    assert np.flatnonzero(found.flagged).tolist() == [4]
    assert found.suggested(4) == (1,)


def test_below_the_threshold_of_a_class_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    # p_1 = 0.6 of the fifth row is less than what rows of class 1 have on average (0.9).
    said = [[0.9, 0.1]] * 4 + [[0.4, 0.6]] + [[0.1, 0.9]] * 5
    assert not judged([0] * 5 + [1] * 5, said, monkeypatch).flagged.any()


def test_wrong_labels_among_clear_rows_are_found() -> None:
    features, codes = blobs()
    wrong = [4, 27, 50]
    given = codes.copy()
    given[wrong] = (codes[wrong] + 1) % 3
    found = find_label_errors(features, classes(given), np.arange(90))
    assert sorted(np.argsort(found.quality)[:3].tolist()) == wrong
    flagged = np.flatnonzero(found.flagged).tolist()
    assert flagged
    assert set(flagged) <= set(wrong)
    assert [found.suggested(row) for row in wrong] == [(int(codes[row]),) for row in wrong]


def test_it_finds_the_same_every_time() -> None:
    features, codes = blobs()
    one, other = (find_label_errors(features, classes(codes), np.arange(90)) for _ in range(2))
    assert one.quality.tolist() == other.quality.tolist()


def test_copies_of_a_wrong_row_do_not_vouch_for_it() -> None:
    features, codes = blobs()
    copies, groups = [3, 6, 9, 12], np.arange(90)
    features[copies], groups[copies] = features[0], 0
    given = codes.copy()
    given[[0, *copies]] = 1
    found = find_label_errors(features, classes(given), groups)
    assert found.quality[[0, *copies]].max() < 0.5


def test_a_label_that_one_row_has_is_not_judged() -> None:
    features, codes = blobs()
    given = codes.copy()
    given[7] = 3
    found = find_label_errors(features, classes(given, [*NAMES, "lonely"]), np.arange(90))
    assert not found.judged[7]
    assert found.quality[7] == 1
    assert found.judged.sum() == 89


def test_rows_without_a_label_are_not_judged() -> None:
    features, codes = blobs()
    given = codes.copy()
    given[[1, 2]] = -1
    found = find_label_errors(features, classes(given), np.arange(90))
    assert np.flatnonzero(~found.judged).tolist() == [1, 2]


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_one_label_alone_cannot_be_judged(rows: int) -> None:
    features, _ = blobs(rows)
    found = find_label_errors(features, classes([0] * rows), np.arange(rows))
    assert not found.judged.any()
    assert found.agreement is None


def test_label_sets_are_judged_label_by_label() -> None:
    generator = np.random.default_rng(0)
    sets = generator.integers(0, 2, (120, 3))
    features = (4 * np.pad(sets, ((0, 0), (0, 3))) + generator.normal(size=(120, 6)) / 2).astype(
        np.float32
    )
    given = sets.copy()
    given[11] = 1 - given[11]
    written = sorted({tuple(np.flatnonzero(line).tolist()) for line in given})
    codes = np.array([written.index(tuple(np.flatnonzero(line).tolist())) for line in given])
    labels = Labels("label_sets", NAMES, codes, written)
    found = find_label_errors(features, labels, np.arange(120))
    assert found.quality.argmin() == 11
    assert found.flagged[11]
    assert found.suggested(11) == tuple(np.flatnonzero(sets[11]).tolist())


def test_without_cleanlab_the_user_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    features, codes = blobs()
    with pytest.raises(UserError, match=r"Finding label errors needs .*luthier\[audit\]"):
        find_label_errors(features, classes(codes), np.arange(90))
