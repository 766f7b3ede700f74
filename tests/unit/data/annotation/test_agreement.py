"""Coefficients of agreement are those of the textbooks and of other libraries."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import binary_distance, interval_distance, jaccard_distance
from sklearn.metrics import cohen_kappa_score, f1_score

from luthier.data.annotation.agreement import Agreement, agreement
from luthier.data.annotation.coefficients import fleiss_kappa
from luthier.data.annotation.item import Answer
from luthier.data.annotation.kind import Kind
from luthier.data.annotation.kinds.classes import Classes
from luthier.data.annotation.kinds.free_answer import FreeAnswer
from luthier.data.annotation.kinds.label_sets import LabelSets
from luthier.data.annotation.kinds.rating import Rating
from luthier.data.annotation.kinds.spans import Spans
from luthier.data.annotation.votes import votes_of

CLASSES = Classes(labels=["a", "b", "c"])
RATING = Rating()

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", example C: four observers.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
# Fleiss 1971 as Wikipedia reprints it: 10 subjects, 14 raters, 5 categories; kappa 0.210.
FLEISS = (
    *((0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1)),
    *((7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7)),
)
TABLES = st.lists(
    st.lists(st.none() | st.integers(1, 5), min_size=3, max_size=3), min_size=2, max_size=12
)


def said(item: int, by: str, value: Any) -> Answer:
    return Answer(f"i{item}", by, value, None, 0, "")


def table(columns: Sequence[Sequence[int | None]]) -> list[Answer]:
    """Answers of people (one for each column) to items."""
    return [
        said(item, f"p{person}", {"score": score})
        for person, scores in enumerate(columns)
        for item, score in enumerate(scores)
        if score is not None
    ]


def labels(first: str, second: str) -> list[Answer]:
    pairs = zip(("p0", "p1"), (first, second), strict=True)
    return [said(i, by, {"label": label}) for by, said_ in pairs for i, label in enumerate(said_)]


def alpha(measured: Agreement) -> float:
    assert measured.alpha is not None
    return measured.alpha.value


@pytest.mark.parametrize(
    ("level", "expected"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_is_krippendorffs(level: Any, expected: float) -> None:
    measured = agreement(table(OBSERVERS), RATING, level=level)
    assert alpha(measured) == pytest.approx(expected, abs=5e-4)


@settings(deadline=None, max_examples=25)
@given(TABLES)
def test_alpha_is_nltks(rows: list[list[int | None]]) -> None:
    answers = table(list(zip(*rows, strict=True)))
    task = [(a.by, a.item, (a.value or {})["score"]) for a in answers]
    for level, distance in (("nominal", binary_distance), ("interval", interval_distance)):
        measured = agreement(answers, RATING, level=level)  # type: ignore[arg-type]
        if measured.alpha is not None:
            expected = AnnotationTask(task, distance).alpha()
            assert measured.alpha.value == pytest.approx(expected, abs=1e-9)


def test_alpha_of_sets_is_nltks() -> None:
    random_ = random.Random(3)
    kind = LabelSets(labels=["a", "b", "c"])
    answers = [
        said(item, f"p{person}", {"labels": sorted(random_.sample("abc", random_.randint(1, 3)))})
        for item in range(30)
        for person in range(3)
    ]
    task = [(a.by, a.item, kind.unit(a.value or {})) for a in answers]
    assert alpha(agreement(answers, kind)) == pytest.approx(
        AnnotationTask(task, jaccard_distance).alpha(), abs=1e-9
    )


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(*[st.sampled_from("abc")] * 2), min_size=1, max_size=30))
def test_kappa_of_two_people_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    first, second = ("".join(said_) for said_ in zip(*pairs, strict=True))
    (pair,) = agreement(labels(first, second), CLASSES).pairs
    if pair.kappa is not None:
        assert pair.kappa == pytest.approx(cohen_kappa_score(list(first), list(second)))
    else:
        assert len({*first, *second}) == 1


def test_kappa_for_many_people_is_fleiss() -> None:
    kind = Rating()
    answers = [
        said(item, f"p{person}", {"score": score})
        for item, counts in enumerate(FLEISS)
        for person, score in enumerate(
            score for score, count in enumerate(counts, 1) for _ in range(count)
        )
    ]
    votes = votes_of(answers, kind)
    assert fleiss_kappa(votes, np.ones(10)) == pytest.approx(0.210, abs=5e-4)


def test_fleiss_counts_only_items_with_the_usual_number_of_answers() -> None:
    answers = [*labels("aabb", "aabc"), said(0, "p2", {"label": "a"})]
    measured = agreement(answers, CLASSES)
    assert (measured.items, measured.fleiss_items) == (4, 3)


def test_items_of_one_person_do_not_count() -> None:
    measured = agreement([*labels("ab", "ab"), said(9, "p0", {"label": "c"})], CLASSES)
    assert (measured.items, measured.answers) == (2, 4)


@pytest.mark.parametrize("kind", [CLASSES, RATING, LabelSets(labels=["a"]), FreeAnswer()])
def test_nothing_is_said_of_nothing(kind: Kind) -> None:
    measured = agreement([], kind)
    assert (measured.alpha, measured.observed, measured.fleiss, measured.pairs) == (
        *(None, None, None),
        [],
    )


def test_equal_answers_say_nothing_about_chance() -> None:
    measured = agreement(labels("aaa", "aaa"), CLASSES)
    assert (measured.alpha, measured.fleiss, measured.pairs[0].kappa) == (None, None, None)
    assert measured.observed is not None
    assert measured.observed.value == 1


def test_an_interval_holds_its_estimate() -> None:
    random_ = random.Random(5)
    first = "".join(random_.choices("ab", k=200))
    second = "".join(random_.choice("ab") if random_.random() < 0.3 else label for label in first)
    measured = agreement(labels(first, second), CLASSES).alpha
    assert measured is not None
    assert measured.low < measured.value < measured.high
    assert 0.1 < measured.high - measured.low < 0.3


def test_a_label_has_its_own_alpha() -> None:
    measured = agreement(labels("aabbcc", "aabcbc"), CLASSES).labels
    assert measured["a"] == 1
    assert measured["b"] == pytest.approx(measured["c"])
    assert (measured["b"] or 0) < 0.5


def test_spans_agree_by_f1() -> None:
    kind = Spans(labels=["X", "Y"])
    one = [{"start": 0, "end": 2, "label": "X"}, {"start": 3, "end": 5, "label": "Y"}]
    other = [one[0], {"start": 3, "end": 6, "label": "Y"}, {"start": 7, "end": 8, "label": "X"}]
    answers = [said(0, "p0", {"spans": one}), said(0, "p1", {"spans": other})]
    measured = agreement(answers, kind)
    assert measured.f1 is not None
    assert measured.f1.value == pytest.approx(0.4)
    assert measured.pairs[0].f1 == pytest.approx(0.4)
    assert measured.labels == {"X": pytest.approx(2 / 3), "Y": 0}
    assert (measured.alpha, measured.fleiss, measured.pairs[0].kappa) == (None, None, None)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(*[st.lists(st.booleans(), min_size=2, max_size=2)] * 2), min_size=1))
def test_f1_of_sets_is_scikit_learns_micro_average(pairs: list[Any]) -> None:
    kind = LabelSets(labels=["a", "b"])
    answers = [
        said(i, f"p{p}", {"labels": [x for x, has in zip("ab", pair[p], strict=True) if has]})
        for i, pair in enumerate(pairs)
        for p in range(2)
    ]
    measured = agreement(answers, kind).f1
    if measured is not None:
        columns = [np.array([pair[p] for pair in pairs]) for p in range(2)]
        expected = f1_score(*columns, average="micro", zero_division=0)
        assert measured.value == pytest.approx(expected)
