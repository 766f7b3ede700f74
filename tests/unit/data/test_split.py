"""Rows go to splits by their identity; near-duplicates never straddle."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core.config import SplitSection
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.duplicates.repeats import NONE, Repeats
from luthier.data.duplicates.shingles import jaccard, shingles
from luthier.data.split import (
    NEAR_BOTH,
    NEAR_TEST,
    NEAR_VALIDATION,
    SAME_GROUP,
    TEST,
    TRAIN,
    VALIDATION,
    Assignment,
    Splitter,
)

HALF = {"validation": 0.2, "test": 0.3}
WORDS = [f"word{number}" for number in range(30)]
LONG = " ".join(WORDS[:20])
NEARS = [f"{LONG} {word}" for word in WORDS[20:]]
FAR = " ".join(reversed(WORDS))


def divide(
    rows: Sequence[Row], own: Sequence[str | None] = (), seed: int = 7, **section: Any
) -> tuple[Assignment, Repeats]:
    splitter = Splitter(SplitSection.model_validate(section), seed)
    with TemporaryDirectory() as scratch:
        repeats = Repeats(Path(scratch))
        for row, split in zip(rows, own or [None] * len(rows), strict=True):
            splitter.add(row, split)
            repeats.add(row["text"])
        repeats.find()
        return splitter.settle(repeats), repeats


def codes(rows: Sequence[Row], own: Sequence[str | None] = (), **section: Any) -> list[int]:
    return divide(rows, own, **section)[0].codes.tolist()


texts = st.lists(
    st.sampled_from(WORDS).map(lambda word: f"{word} alone {word}")
    | st.sampled_from([LONG, LONG.upper(), *NEARS, FAR])
    | st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join),
    max_size=30,
)
sections = st.sampled_from(
    [HALF, {**HALF, "stratify": True}, {"validation": 0, "test": 0.4}, {"validation": 0, "test": 0}]
)


def labelled(texts: Sequence[str]) -> list[Row]:
    return [Row({"text": text, "label": "ab"[len(text) % 2]}) for text in texts]


@settings(deadline=None, max_examples=60)
@given(texts, texts, sections)
def test_appended_rows_move_no_old_row(
    old: list[str], new: list[str], section: dict[str, Any]
) -> None:
    before = codes(labelled(old), **section)
    assert codes(labelled(old + new), **section)[: len(old)] == before


def straddling(found: Assignment, repeats: Repeats) -> int:
    """How many rows repeat a row of another split."""
    across = repeats.count(found.codes, {"train": TRAIN, "validation": VALIDATION, "test": TEST})
    return sum(pair["exact"] + pair["near"] for pair in across["across"])


@settings(deadline=None, max_examples=60)
@given(texts, sections, st.integers(0, 2**32 - 1))
def test_no_two_near_duplicates_are_in_different_splits(
    texts: list[str], section: dict[str, Any], seed: int
) -> None:
    assert straddling(*divide(labelled(texts), seed=seed, **section)) == 0


@settings(deadline=None, max_examples=60)
@given(texts, sections)
def test_no_pair_straddles_when_every_pair_is_compared(
    texts: list[str], section: dict[str, Any]
) -> None:
    kept = [shingles(text) for text in texts]
    found, _ = divide(labelled(texts), **section)
    for (a, first), (b, second) in combinations(enumerate(kept), 2):
        if jaccard(first, second) > 0.9 and min(found.codes[[a, b]]) >= TRAIN:
            assert found.codes[a] == found.codes[b]


@settings(deadline=None, max_examples=40)
@given(texts, st.lists(st.sampled_from("abcde"), min_size=30, max_size=30))
def test_a_group_is_never_torn(texts: list[str], groups: list[str]) -> None:
    rows = [Row({"text": t, "who": g}) for t, g in zip(texts, groups, strict=False)]
    homes: dict[str, set[int]] = {}
    for row, code in zip(rows, codes(rows, **HALF, group="who"), strict=True):
        if code >= TRAIN:
            homes.setdefault(row["who"], set()).add(code)
    assert all(len(home) == 1 for home in homes.values())


@settings(deadline=None, max_examples=40)
@given(texts, st.lists(st.sampled_from("abcde"), min_size=30, max_size=30))
def test_near_duplicates_in_different_groups_do_not_straddle(
    texts: list[str], groups: list[str]
) -> None:
    rows = [Row({"text": t, "who": g}) for t, g in zip(texts, groups, strict=False)]
    assert straddling(*divide(rows, **HALF, group="who")) == 0


@settings(deadline=None, max_examples=40)
@given(texts, texts, texts)
def test_rows_of_a_splits_own_source_are_never_left_out_for_training_rows(
    test: list[str], validation: list[str], train: list[str]
) -> None:
    own = ["test"] * len(test) + ["validation"] * len(validation) + [None] * len(train)
    rows = labelled(test + validation + train)
    assignment, repeats = divide(rows, own, validation="v.csv", test="t.csv")
    assert straddling(assignment, repeats) == 0
    found = assignment.codes.tolist()
    assert found[: len(test)] == [TEST] * len(test)
    assert set(found[len(test) : len(test) + len(validation)]) <= {VALIDATION, NEAR_TEST}
    assert set(found[len(test) + len(validation) :]) <= {TRAIN, NEAR_TEST, NEAR_VALIDATION}


@settings(deadline=None, max_examples=40)
@given(texts, texts)
def test_a_share_beside_a_test_file_straddles_nothing(test: list[str], rest: list[str]) -> None:
    own = ["test"] * len(test) + [None] * len(rest)
    found, repeats = divide(labelled(test + rest), own, validation=0.3, test="t.csv")
    assert straddling(found, repeats) == 0
    assert TEST not in found.codes[len(test) :]


def test_shares_hold_over_many_rows() -> None:
    rows = [Row({"text": f"{n} a {n} b {n} c {n} d {n}"}) for n in range(4000)]
    counts = Counter(codes(rows, validation=0.1, test=0.2))
    assert abs(counts[VALIDATION] - 400) < 4 * 19  # four standard deviations of a binomial
    assert abs(counts[TEST] - 800) < 4 * 26


@settings(deadline=None, max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([(0.1, 0.2), (0.0, 0.2), (0.25, 0.25), (0.05, 0.01)]),
    st.floats(0.05, 0.95),
)
def test_stratified_shares_hold_for_every_prefix_of_every_label(
    seed: int, shares: tuple[float, float], rare: float
) -> None:
    splitter = Splitter(SplitSection(validation=shares[0], test=shares[1], stratify=True), seed)
    random = np.random.default_rng(seed)
    seen: dict[str, list[int]] = {"a": [], "b": []}
    for number in range(400):
        label = "a" if random.random() < rare else "b"
        splitter.add(Row({"text": str(number), "label": label}))
        seen[label].append(splitter._codes[-1])
    for placed in seen.values():
        for code, share in ((VALIDATION, shares[0]), (TEST, shares[1])):
            inside = np.cumsum(np.array(placed) == code)
            wanted = share * np.arange(1, len(placed) + 1)
            assert np.all(np.abs(inside - wanted) < 3)


def test_the_first_row_of_every_label_is_in_train_when_stratified() -> None:
    rows = [Row({"text": f"{n} x {n} y {n}", "label": n}) for n in range(50)]
    assert set(codes(rows, **HALF, stratify=True)) == {TRAIN}


def test_the_order_of_fields_does_not_matter() -> None:
    one = [Row({"text": f"{n} a {n}", "label": "x"}) for n in range(50)]
    other = [Row({"label": "x", "text": f"{n} a {n}"}) for n in range(50)]
    assert codes(one, **HALF) == codes(other, **HALF)


def test_another_seed_gives_another_split() -> None:
    rows = [Row({"text": f"{n} a {n}"}) for n in range(50)]
    assert codes(rows, **HALF, seed=1) != codes(rows, **HALF, seed=2)


def test_another_validation_share_moves_no_row_into_or_out_of_test() -> None:
    rows = [Row({"text": f"{n} a {n}"}) for n in range(200)]
    small, large = (codes(rows, validation=share, test=0.3) for share in (0.05, 0.4))
    assert [c == TEST for c in small] == [c == TEST for c in large]


def test_a_share_of_zero_makes_no_such_split() -> None:
    assert Splitter(SplitSection(validation=0, test=0.2), 7).names == ("train", "test")
    assert Splitter(SplitSection(validation=0, test=0), 7).names == ("train",)
    assert Splitter(SplitSection(validation="v.csv", test="t.csv"), 7).names == (
        "train",
        "validation",
        "test",
    )


def test_a_near_duplicate_follows_the_earlier_row() -> None:
    for seed in range(20):
        rows = [Row({"text": text}) for text in (LONG, *NEARS)]
        assert len(set(codes(rows, **HALF, seed=seed))) == 1


def test_a_near_duplicate_of_rows_in_two_splits_is_left_out_because_of_the_first() -> None:
    texts = [" ".join(words) for words in (WORDS[:27], WORDS[3:], WORDS)]
    for seed in range(50):
        found, _ = divide([Row({"text": text}) for text in texts], **HALF, seed=seed)
        if found.codes[0] != found.codes[1]:
            break
    assert found.codes[2] == NEAR_BOTH
    assert found.causes[2] == 0


def test_a_training_row_that_repeats_a_test_file_is_left_out_because_of_that_row() -> None:
    rows = [Row({"text": FAR}), Row({"text": LONG}), Row({"text": NEARS[0]})]
    found, _ = divide(rows, ["test", "test", None], validation=0, test="t.csv")
    assert found.codes.tolist() == [TEST, TEST, NEAR_TEST]
    assert found.causes.tolist() == [NONE, NONE, 1]


def test_a_validation_row_that_repeats_a_test_row_gives_way_and_frees_its_own_likes() -> None:
    rows = [Row({"text": LONG}), Row({"text": NEARS[0]}), Row({"text": FAR}), Row({"text": FAR})]
    own = ["test", "validation", "validation", None]
    found = codes(rows, own, validation="v.csv", test="t.csv")
    assert found == [TEST, NEAR_TEST, VALIDATION, NEAR_VALIDATION]


def test_a_group_that_a_test_file_holds_is_kept_out_of_training() -> None:
    rows = [Row({"text": t, "who": w}) for t, w in [(LONG, "ann"), (FAR, "ann"), ("b", "bob")]]
    found, _ = divide(rows, ["test", None, None], validation=0, test="t.csv", group="who")
    assert found.codes.tolist() == [TEST, SAME_GROUP, TRAIN]
    assert found.causes.tolist() == [NONE, 0, NONE]


def test_rows_without_a_group_are_groups_of_their_own() -> None:
    rows = [Row({"text": f"{n} x {n}"}) for n in range(100)]
    assert len(set(codes(rows, **HALF, group="who"))) == 3


def test_group_and_stratify_together_are_refused() -> None:
    with pytest.raises(UserError, match="Choose one"):
        Splitter(SplitSection(group="who", stratify=True), 7)
