from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.core.registry import Menu
from luthier.data.format import FIELDS, Format

MENU = Menu("luthier.data.formats")
TALK = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
ROWS: dict[str, dict[str, Any]] = {
    "alpaca": {"instruction": "a", "input": "b", "output": "c"},
    "code_tests": {"prompt": "a", "completion": "b", "tests": "assert b", "entry_point": "f"},
    "messages": {"messages": TALK},
    "pairs": {"anchor": "a", "positive": "b"},
    "plain_text": {"text": "a"},
    "plain_tokens": {"tokens": ["a"]},
    "preference": {"prompt": "a", "chosen": "b", "rejected": "c"},
    "prompt_completion": {"prompt": "a", "completion": "b"},
    "scored_pairs": {"sentence1": "a", "sentence2": "b", "score": 1.0},
    "sharegpt": {"conversations": [{"from": "human", "value": "Hi"}]},
    "squad": {"context": "a", "question": "b", "answers": {"text": ["a"], "answer_start": [0]}},
    "text_label": {"text": "a", "label": "b"},
    "text_score": {"text": "a", "score": 0.5},
    "tokens_tags": {"tokens": ["a"], "tags": ["O"]},
    "triplets": {"anchor": "a", "positive": "b", "negative": "c"},
}
ALL = sorted(ROWS)

names = st.sampled_from([*sorted({name for row in ROWS.values() for name in row}), "id", "labels"])
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["role", "content", "from", "value"]), inner, max_size=2)
    ),
    max_leaves=5,
)
anything = st.dictionaries(names, values, max_size=4)


def build(name: str) -> Format:
    made: Format = MENU.build(name)
    return made


def test_every_format_is_tested_here() -> None:
    assert MENU.names() == ALL
    assert len(ALL) == 15


@pytest.mark.parametrize("name", ALL)
def test_a_format_recognises_its_own_rows(name: str) -> None:
    found = build(name).recognise([ROWS[name]])
    assert found is not None
    assert set(found.columns.values()) <= ROWS[name].keys()


@pytest.mark.parametrize("name", ALL)
def test_a_format_reads_canonical_fields_only(name: str) -> None:
    made = build(name)
    found = made.recognise([ROWS[name]])
    assert found is not None
    read = made.read({**ROWS[name], "extra": 1}, found.columns)
    assert set(read) <= set(FIELDS)
    assert read


@pytest.mark.parametrize("name", ALL)
def test_a_format_leaves_the_row_as_it_was(name: str) -> None:
    made, row, same = build(name), repr(ROWS[name]), ROWS[name]
    found = made.recognise([same])
    assert found is not None
    made.read(same, found.columns)
    assert repr(same) == row


@pytest.mark.parametrize("name", ALL)
def test_a_row_without_the_columns_is_refused_as_a_value_error(name: str) -> None:
    made = build(name)
    found = made.recognise([ROWS[name]])
    assert found is not None
    with pytest.raises(ValueError):
        made.read({"other": "a"}, found.columns)


@pytest.mark.parametrize("name", ALL)
def test_nothing_at_all_is_not_recognised(name: str) -> None:
    assert build(name).recognise([{}]) is None


@pytest.mark.parametrize("name", ALL)
@given(rows=st.lists(anything, min_size=1, max_size=3))
def test_any_rows_are_read_or_refused_but_never_crash(
    name: str, rows: list[dict[str, Any]]
) -> None:
    made = build(name)
    found = made.recognise(rows)
    for row in rows if found else []:
        assert found is not None
        with suppress(ValueError):
            assert set(made.read(row, found.columns)) <= set(FIELDS)


@pytest.mark.parametrize("name", ALL)
def test_a_format_has_a_title_and_one_sentence_of_documentation(name: str) -> None:
    assert build(name).title
    assert MENU.summary(name).endswith(".")


def test_every_row_is_recognised_as_its_own_format_before_all_others() -> None:
    for name, row in ROWS.items():
        found = {other: build(other).recognise([row]) for other in ALL}
        ranks = {other: seen.rank for other, seen in found.items() if seen is not None}
        assert max(ranks, key=lambda other: ranks[other]) == name
