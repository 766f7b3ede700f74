"""What every kind of question keeps to."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.annotation.kind import Compound, Kind
from luthier.data.format import FIELDS

MENU = Menu("luthier.data.annotation.kinds")
ALL = MENU.names()
LABELS = ["a", "b"]
CHOICES: Mapping[str, Any] = {
    "classes": {"classes": {"labels": LABELS}},
    "label_sets": {"label_sets": {"labels": LABELS}},
    "spans": {"spans": {"labels": LABELS}},
    "relations": {"relations": {"labels": LABELS, "relation_labels": ["r"]}},
}
TEXT = {"text": "Bill 在北京工作.", "label": None}
FIELDS_OF: Mapping[str, list[dict[str, Any]]] = {
    "classes": [TEXT, {"text": "x", "label": "a"}, {"text": "x", "text_pair": "y", "label": ["b"]}],
    "label_sets": [TEXT, {"text": "x", "label": ["a", "b"]}, {"text": "x", "label": "a"}],
    "spans": [TEXT, {"tokens": ["Bill", "ran"], "tags": ["B-a", "O"]}, {"tokens": ["工", "作"]}],
    "relations": [TEXT, {"tokens": ["Bill", "ran"], "tags": ["B-a", "O"]}],
    "rating": [TEXT, {"text": "x", "score": 3.0}, {"text": "x", "score": 3.5}],
    "preference": [
        {"prompt": "p", "chosen": "Yes.", "rejected": "No."},
        {"chosen": [{"role": "assistant", "content": "a"}], "rejected": [{"role": "user"}]},
    ],
    "free_answer": [
        {"prompt": "p", "completion": "Yes."},
        {"messages": [{"role": "user", "content": "Hi"}]},
        {
            "messages": [
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Yes."},
            ]
        },
        {"context": "Yes. No.", "question": "?", "answers": {"text": ["No"], "answer_start": [5]}},
        TEXT,
    ],
}
SPANS = [{"start": 3, "end": 4, "label": "b"}, {"start": 0, "end": 2, "label": "a"}]
ANSWERS: Mapping[str, list[Any]] = {
    "classes": [{"label": "a"}, {"label": "b"}],
    "label_sets": [{"labels": []}, {"labels": ["b", "a"]}],
    "spans": [{"spans": []}, {"spans": SPANS[1:]}],
    "relations": [
        {"spans": SPANS[1:], "relations": []},
        {"spans": [], "relations": []},
    ],
    "rating": [{"score": 1}, {"score": 5.0}],
    "preference": [{"preferred": "A"}, {"preferred": "B"}, {"preferred": "tie"}],
    "free_answer": [{"text": "Yes."}],
}
CASES = [(name, fields) for name in ALL for fields in FIELDS_OF[name]]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KEYS = {key for answers in ANSWERS.values() for answer in answers for key in answer}


def build(name: str) -> Kind:
    made: Kind = MENU.build(CHOICES.get(name, name))
    return made


def test_there_are_seven() -> None:
    assert len(ALL) == 7


@pytest.mark.parametrize("name", ALL)
def test_it_is_called_as_in_the_menu(name: str) -> None:
    kind = build(name)
    assert kind.name == name
    assert kind.title
    assert set(kind.hides) <= {*FIELDS}


@pytest.mark.parametrize(("name", "fields"), CASES)
def test_what_is_hidden_is_not_shown(name: str, fields: dict[str, Any]) -> None:
    kind = build(name)
    assert kind.refuse(fields) == ""
    assert not set(kind.show(fields)) & set(kind.hides)


@pytest.mark.parametrize(("name", "fields"), CASES)
def test_a_checked_answer_is_checked_again_unchanged(name: str, fields: dict[str, Any]) -> None:
    kind = build(name)
    for answer in ANSWERS[name]:
        value = kind.check(answer, fields)
        assert kind.check(json.loads(json.dumps(value)), fields) == value


@pytest.mark.parametrize(("name", "fields"), CASES)
def test_the_rows_of_an_answer_hold_it(name: str, fields: dict[str, Any]) -> None:
    kind = build(name)
    row = Row(fields)
    for answer in ANSWERS[name]:
        value = kind.check(answer, fields)
        for made in kind.rows(row, value):
            assert name == "relations" or kind.unit(kind.read(made.fields) or {}) == kind.unit(
                value
            )
            assert made is row or made.derived_from == (row.id,)
            assert all(made.get(field) is None or field in FIELDS for field in made.fields)


@pytest.mark.parametrize(("name", "fields"), CASES)
def test_the_answer_a_row_holds_makes_that_row(name: str, fields: dict[str, Any]) -> None:
    kind = build(name)
    row = Row(fields)
    value = kind.read(fields)
    if value is not None:
        assert [made.id for made in kind.rows(row, kind.check(value, fields))] == [row.id]


@pytest.mark.parametrize("name", ALL)
def test_an_answer_is_no_distance_from_itself_and_at_most_one_from_others(name: str) -> None:
    kind = build(name)
    values = [kind.check(answer, FIELDS_OF[name][0]) for answer in ANSWERS[name]]
    for value in values:
        assert kind.distance(value, value) == 0
        assert all(0 <= kind.distance(value, other) <= 1 for other in values)
        assert set(kind.labels_in(value)) <= {*kind.labels, "r"}


@pytest.mark.parametrize("name", ALL)
def test_a_compound_answer_is_the_whole_of_its_parts(name: str) -> None:
    kind = build(name)
    if isinstance(kind, Compound):
        for answer in ANSWERS[name]:
            value = kind.check(answer, FIELDS_OF[name][0])
            assert kind.whole(sorted(kind.parts(value), key=repr)) == value


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=50, deadline=None)
@given(value=JSON | st.dictionaries(st.sampled_from(sorted(KEYS)), JSON, max_size=2))
def test_whatever_comes_from_outside_is_an_answer_or_told(name: str, value: Any) -> None:
    kind = build(name)
    fields = FIELDS_OF[name][0]
    try:
        checked = kind.check(value, fields)
    except ValueError as error:
        assert str(error)  # noqa: PT017  # both outcomes are right; another exception is not
    else:
        assert kind.check(checked, fields) == checked
