"""Several people's answers become one, or nobody knows."""

import random
from typing import Any

import pytest

from luthier.data.annotation.aggregation import Verdict, aggregate
from luthier.data.annotation.crowd import Method
from luthier.data.annotation.item import Answer
from luthier.data.annotation.kinds.classes import Classes
from luthier.data.annotation.kinds.free_answer import FreeAnswer
from luthier.data.annotation.kinds.label_sets import LabelSets
from luthier.data.annotation.kinds.rating import Rating
from luthier.data.annotation.kinds.relations import Relations
from luthier.data.annotation.kinds.spans import Spans

KIND = Classes(labels=["a", "b", "c"])
SKILLS = {"p0": 0.95, "p1": 0.9, "p2": 0.4, "p3": 0.35, "p4": 0.3}


def said(item: str, **values: Any) -> list[Answer]:
    return [Answer(item, by, value, None, 0, "") for by, value in values.items()]


def named(**labels: str) -> dict[str, dict[str, str]]:
    return {by: {"label": label} for by, label in labels.items()}


def span(start: int, end: int, label: str = "X") -> dict[str, Any]:
    return {"start": start, "end": end, "label": label}


def noisy(items: int = 60) -> tuple[dict[str, str], list[Answer]]:
    """Labels, and what five people of different skill say."""
    random_ = random.Random(0)
    truth = {f"i{n}": random_.choice("abc") for n in range(items)}
    answers = [
        Answer(item, by, {"label": label if random_.random() < skill else other}, None, 0, "")
        for item, label in truth.items()
        for by, skill in SKILLS.items()
        if (other := random_.choice("abc"))
    ]
    return truth, answers


def accuracy(method: Method) -> float:
    truth, answers = noisy()
    verdicts = aggregate(answers, KIND, method).verdicts
    return sum(verdicts[i].value == {"label": label} for i, label in truth.items()) / len(truth)


def test_most_votes_win() -> None:
    verdict = aggregate(said("i", **named(p="a", q="b", r="a")), KIND).verdicts["i"]
    assert (verdict.value, verdict.answers) == ({"label": "a"}, 3)
    assert verdict.share == pytest.approx(2 / 3)


def test_a_tie_is_left_to_people() -> None:
    verdict = aggregate(said("i", **named(p="a", q="b")), KIND).verdicts["i"]
    assert (verdict.value, verdict.share) == (None, 0.5)


def test_a_model_of_people_beats_the_majority() -> None:
    assert accuracy("dawid_skene") > accuracy("majority")


@pytest.mark.parametrize("method", ["glad", "mace"])
def test_the_other_models_agree_where_people_do(method: Method) -> None:
    answers = [
        answer
        for number in range(4)
        for answer in said(f"i{number}", **named(p="ab"[number % 2], q="ab"[number % 2]))
    ]
    verdicts = aggregate(answers, KIND, method).verdicts
    assert [v.value for v in verdicts.values()] == [{"label": "ab"[n % 2]} for n in range(4)]


@pytest.mark.parametrize("method", ["majority", "dawid_skene"])
def test_skills_are_in_the_order_of_the_truth(method: Method) -> None:
    skills = aggregate(noisy()[1], KIND, method).skills
    good, poor = [skills[p] for p in ("p0", "p1")], [skills[p] for p in ("p2", "p3", "p4")]
    assert min(good) > max(poor) + 0.03


def test_ratings_are_averaged() -> None:
    answers = said("i", p={"score": 2}, q={"score": 5}, r={"score": 4})
    verdict = aggregate(answers, Rating()).verdicts["i"].value
    assert verdict == {"score": pytest.approx(11 / 3)}


def test_labels_of_a_set_are_decided_one_by_one() -> None:
    kind = LabelSets(labels=["a", "b", "c"])
    answers = said("i", p={"labels": ["a", "b"]}, q={"labels": ["b"]}, r={"labels": ["b", "c"]})
    assert aggregate(answers, kind).verdicts["i"].value == {"labels": ["b"]}


def test_a_set_that_all_leave_empty_is_empty() -> None:
    kind = LabelSets(labels=["a"])
    verdict = aggregate(said("i", p={"labels": []}), kind).verdicts["i"]
    assert verdict == Verdict({"labels": []}, 1, 1)


def test_spans_are_decided_one_by_one() -> None:
    kind = Spans(labels=["X"])
    answers = said(
        "i",
        p={"spans": [span(0, 2), span(4, 6)]},
        q={"spans": [span(0, 2)]},
        r={"spans": [span(0, 3)]},
    )
    assert aggregate(answers, kind).verdicts["i"].value == {"spans": [span(0, 2)]}


def test_spans_of_an_even_vote_are_left_to_people() -> None:
    kind = Spans(labels=["X"])
    answers = said("i", p={"spans": [span(0, 2)]}, q={"spans": []})
    assert aggregate(answers, kind).verdicts["i"].value is None


def test_relations_stay_with_the_spans_that_stay() -> None:
    kind = Relations(labels=["X"], relation_labels=["r"])
    full = {
        "spans": [span(0, 2), span(4, 6), span(8, 9)],
        "relations": [{"head": 0, "tail": 1, "label": "r"}, {"head": 1, "tail": 2, "label": "r"}],
    }
    less = {"spans": full["spans"][:2], "relations": full["relations"][:1]}
    answers = said("i", p=full, q=less, r=less)
    assert aggregate(answers, kind).verdicts["i"].value == less


def test_of_texts_the_one_said_twice_wins() -> None:
    answers = said("i", p={"text": "a b"}, q={"text": "c"}, r={"text": "a  b"})
    assert aggregate(answers, FreeAnswer(), "dawid_skene").verdicts["i"].value == {"text": "a b"}


@pytest.mark.parametrize("method", ["majority", "dawid_skene", "glad", "mace"])
def test_no_answers_make_no_verdicts(method: Method) -> None:
    assert aggregate([], KIND, method).verdicts == {}
