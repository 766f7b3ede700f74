from pathlib import Path

import numpy as np
import pytest

from luthier.data.duplicates.repeats import Repeats
from luthier.evaluation.audit.conflicts import Conflicts, find_conflicts

SAME = "the card has not come yet and I have waited for two weeks"
NEAR = (
    "please tell me why the money that I sent to my friend in France on Monday has not arrived at "
    "her account by now although you said it would take a day"
)


def conflicts(texts: list[str], codes: list[int], scratch: Path) -> Conflicts:
    repeats = Repeats(scratch)
    for text in texts:
        repeats.add(text)
    repeats.find()
    return find_conflicts(repeats, np.array(codes))


def test_equal_texts_with_other_labels_suggest_each_other_s(tmp_path: Path) -> None:
    found = conflicts([SAME, "something else", SAME], [3, 1, 5], tmp_path)
    assert found.flagged.tolist() == [True, False, True]
    assert found.scores.tolist() == [0.5, 0, 0.5]
    assert found.suggested.tolist() == [5, -1, 3]


def test_the_minority_is_suspected(tmp_path: Path) -> None:
    found = conflicts([SAME, SAME, SAME, SAME], [2, 2, 7, 2], tmp_path)
    assert found.flagged.tolist() == [False, False, True, False]
    assert found.scores[2] == 0.75
    assert found.suggested.tolist() == [7, 7, 2, 7]


def test_nearly_equal_texts_conflict_too(tmp_path: Path) -> None:
    found = conflicts([NEAR, f"{NEAR} or two"], [0, 1], tmp_path)
    assert found.flagged.all()


def test_case_and_punctuation_make_no_other_text(tmp_path: Path) -> None:
    found = conflicts([SAME, f"{SAME.upper()}!"], [0, 1], tmp_path)
    assert found.flagged.all()


def test_copies_that_agree_are_no_conflict(tmp_path: Path) -> None:
    found = conflicts([SAME, SAME], [4, 4], tmp_path)
    assert not found.flagged.any()
    assert found.groups[0] == found.groups[1]


def test_a_row_without_label_contradicts_nobody(tmp_path: Path) -> None:
    found = conflicts([SAME, SAME], [4, -1], tmp_path)
    assert not found.flagged.any()
    assert found.suggested.tolist() == [-1, -1]


@pytest.mark.parametrize("length", [2, 9])
def test_a_chain_of_small_steps_is_one_group(length: int, tmp_path: Path) -> None:
    words = NEAR.split()
    texts = [" ".join([*words, *(f"more{i}" for i in range(n))]) for n in range(length)]
    found = conflicts(texts, [0] * length, tmp_path)
    assert len(set(found.groups.tolist())) == 1


def test_rows_without_labels_are_taken(tmp_path: Path) -> None:
    assert not conflicts([SAME, SAME], [-1, -1], tmp_path).flagged.any()
