"""Fields come back from Arrow exactly as they went in."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core.records import row_id
from luthier.data.storage.columns import Columns

TEXT = st.text(st.characters(exclude_categories=[]), max_size=8)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NAME = st.sampled_from(["text", "label", "tokens", "messages", "id", "_id", "derived_from"])
FIELDS = st.dictionaries(NAME, VALUE, max_size=4)


def through(rows: list[dict[str, Any]]) -> tuple[Columns, list[dict[str, Any]]]:
    columns = Columns()
    for row in rows:
        columns.learn(row)
    table = columns.table([("00" * 16, (), row) for row in rows])
    return columns, columns.fields(table)


@settings(deadline=None)
@given(st.lists(FIELDS, max_size=4))
def test_any_fields_come_back_with_their_identity(rows: list[dict[str, Any]]) -> None:
    _, back = through(rows)
    assert [row_id(fields) for fields in back] == [row_id(fields) for fields in rows]


@settings(deadline=None)
@given(st.lists(FIELDS, min_size=1, max_size=4))
def test_every_field_keeps_its_type(rows: list[dict[str, Any]]) -> None:
    _, back = through(rows)
    for before, after in zip(rows, back, strict=True):
        assert repr(after) == repr(dict(sorted_like(before, after)))


def sorted_like(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any]]:
    present = {name: value for name, value in before.items() if value is not None}
    assert present.keys() == after.keys()
    return [(name, present[name]) for name in after]


@pytest.mark.parametrize(
    "values, kind",
    [
        (["a", "中文"], "string"),
        ([1, -(2**63)], "integer"),
        ([2**63], "json"),
        ([0.5, math.nan], "number"),
        ([True], "boolean"),
        ([["a"], []], "strings"),
        ([["a", None]], "json"),
        ([1, 1.0], "json"),
        (["a", 1], "json"),
        ([{"role": "user"}], "json"),
        (["a", "\udc80"], "json_bytes"),
        ([["\udc80"], 1], "json_bytes"),
    ],
)
def test_a_field_is_held_by_the_simplest_kind_that_is_exact(values: list[Any], kind: str) -> None:
    columns, _ = through([{"x": value} for value in values])
    assert columns.kinds == {"x": kind}


def test_a_field_that_is_none_everywhere_gets_no_column() -> None:
    columns, back = through([{"x": None}])
    assert columns.kinds == {}
    assert back == [{}]


def test_fields_called_like_lineage_columns_stay_apart_from_them() -> None:
    columns, back = through([{"id": "mine", "_id": "too", "text": "a"}])
    assert columns.schema.names == ["id", "derived_from", "_id", "__id", "text"]
    assert back == [{"id": "mine", "_id": "too", "text": "a"}]
