"""Which texts nearly repeat one another."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.data.duplicates.near_duplicates import NearDuplicates, banding
from luthier.data.duplicates.shingles import jaccard, shingles

WORDS = [f"w{number}" for number in range(300)]


def corpus(size: int, seed: int) -> list[str]:
    """Texts of which many are earlier ones with some words changed."""
    dice = random.Random(seed)
    texts: list[str] = []
    while len(texts) < size:
        if texts and dice.random() < 0.5:
            words = dice.choice(texts).split()
            for _ in range(dice.randrange(4)):
                words[dice.randrange(len(words))] = dice.choice(WORDS)
        else:
            words = dice.choices(WORDS, k=dice.choice([2, 6, 30, 120]))
        texts.append(" ".join(words))
    return texts


def found(texts: list[str], folder: Path, threshold: float = 0.8) -> NearDuplicates:
    near = NearDuplicates(threshold=threshold, scratch=folder)
    for text in texts:
        near.add(text)
    return near


def leaders_by_comparing_all(texts: list[str], threshold: float) -> list[int]:
    sets = [shingles(text) for text in texts]
    kept: list[int] = []
    leaders = []
    for row, own in enumerate(sets):
        alike = (other for other in kept if jaccard(own, sets[other]) >= threshold)
        leaders.append(next(alike, row))
        if leaders[-1] == row:
            kept.append(row)
    return leaders


@pytest.mark.parametrize("threshold", [0.5, 0.8, 1.0])
def test_leaders_are_those_found_by_comparing_all(threshold: float, tmp_path: Path) -> None:
    texts = corpus(400, seed=1)
    leaders = found(texts, tmp_path, threshold).leaders().tolist()
    assert leaders == leaders_by_comparing_all(texts, threshold)


def test_matches_are_all_pairs_but_for_the_stars_of_equal_sets(tmp_path: Path) -> None:
    texts = corpus(300, seed=2)
    near = found(texts, tmp_path)
    firsts, sets = near.firsts(), [shingles(text) for text in texts]
    expected = {
        (i, j)
        for j in range(len(texts))
        for i in range(j)
        if jaccard(sets[i], sets[j]) >= 0.8
        and (firsts[j] == i if firsts[j] != j else firsts[i] == i)
    }
    pairs = list(near.matches())
    assert set(pairs) == expected
    assert pairs == sorted(pairs, key=lambda pair: pair[::-1])


def test_a_row_is_compared_with_kept_rows_only(tmp_path: Path) -> None:
    words = WORDS[:60]
    steps = [" ".join([*WORDS[100 : 100 + 4 * step], *words[4 * step :]]) for step in range(3)]
    assert found(steps, tmp_path).leaders().tolist() == [0, 0, 2]


def test_equal_texts_that_differ_in_case_are_one(tmp_path: Path) -> None:
    near = found(["One two three", "other", "one TWO three!"], tmp_path)
    assert near.firsts().tolist() == [0, 1, 0]
    assert list(near.matches()) == [(0, 2)]


def test_texts_of_different_kinds_never_match(tmp_path: Path) -> None:
    near = NearDuplicates(scratch=tmp_path)
    text = " ".join(WORDS[:50])
    for kind in ("spam", "ham", "spam", ""):
        near.add(text, within=kind)
    assert near.leaders().tolist() == [0, 1, 0, 3]


def test_texts_without_words_match_nothing_but_each_other(tmp_path: Path) -> None:
    assert found(["", "word", " "], tmp_path).leaders().tolist() == [0, 1, 0]


def test_no_texts_have_no_leaders_and_no_matches(tmp_path: Path) -> None:
    near = NearDuplicates(scratch=tmp_path)
    assert near.leaders().tolist() == []
    assert list(near.matches()) == []


def test_chinese_texts_match_by_their_characters(tmp_path: Path) -> None:
    text = "工欲善其事必先利其器居是邦也事其大夫之贤者友其士之仁者" * 2 + "子曰学而时习之不亦说乎"
    near = found([text, text + "！", text + "也", "有朋自远方来不亦乐乎"], tmp_path)
    assert near.leaders().tolist() == [0, 0, 0, 3]


@pytest.mark.parametrize("changed", [0, 3])
def test_a_crowd_of_near_duplicates_gives_pairs_linear_in_rows(
    changed: int, tmp_path: Path
) -> None:
    text = " ".join(WORDS[:100])
    near = found([f"{text} {' '.join(['x' * row] * changed)}" for row in range(400)], tmp_path)
    assert set(near.leaders().tolist()) == {0}
    assert len(list(near.matches())) < 400 * 100


def test_more_rows_than_a_batch_holds_are_found_all_the_same(tmp_path: Path) -> None:
    texts = [f"a{row % 1500} b{row % 1500} c{row % 1500}" for row in range(3000)]
    leaders = found(texts, tmp_path).leaders()
    assert leaders.tolist() == [*range(1500), *range(1500)]


def test_rows_can_be_added_after_asking(tmp_path: Path) -> None:
    near = found(["one two three"], tmp_path)
    near.leaders()
    assert near.add("one two three") == 1
    assert near.leaders().tolist() == [0, 0]


def test_two_searches_can_share_a_folder(tmp_path: Path) -> None:
    first, second = found(["a b c"], tmp_path), found(["d e f", "d e f"], tmp_path)
    assert (len(first.leaders()), second.leaders().tolist()) == (1, [0, 0])


@given(st.floats(0.05, 1.0), st.integers(1, 256))
def test_banding_finds_pairs_at_the_threshold_where_the_signature_allows(
    threshold: float, num_permutations: int
) -> None:
    bands, width = banding(threshold, num_permutations)
    assert bands * width <= num_permutations
    assert width == 1 or 1 - (1 - threshold**width) ** bands >= 0.99


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text("abc ", max_size=12), max_size=15))
def test_every_leader_leads_itself(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    leaders = found(texts, tmp_path_factory.mktemp("near")).leaders()
    assert (leaders[leaders] == leaders).all()
    assert (leaders <= np.arange(len(texts))).all()
