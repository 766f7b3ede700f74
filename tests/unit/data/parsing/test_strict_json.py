import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.data.parsing import strict_json
from luthier.data.parsing.strict_json import JsonStream, mistake, parse

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class Trickle(io.StringIO):
    """A text that comes in pieces of three characters, however many are asked for."""

    def read(self, size: int | None = -1) -> str:
        return super().read(3)


def elements(text: str) -> list[Any]:
    stream = JsonStream(Trickle(text), "a.json")
    assert stream.peek() == "["
    return list(stream.elements())


@given(st.lists(values, max_size=5), st.sampled_from([None, 2]))
def test_a_streamed_list_has_the_elements_it_was_written_with(
    written: list[Any], indent: int | None
) -> None:
    assert elements(json.dumps(written, indent=indent)) == written


@given(st.lists(values, max_size=5), st.sampled_from(["\n", " ", "\r\n\n"]))
def test_streamed_values_are_those_that_were_written(written: list[Any], between: str) -> None:
    text = between.join(json.dumps(value) for value in written)
    assert list(JsonStream(Trickle(text), "a.json").values()) == written


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="the key `a` stands twice in one object"):
        parse('{"b": {"a": 1, "a": 2}}')


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse("[" * 100_000)


def test_nesting_without_end_is_refused_in_a_stream() -> None:
    with pytest.raises(UserError, match=r"a\.json: nested too deeply"):
        list(JsonStream(io.StringIO("[" * 100_000), "a.json").values())


def test_a_mistake_names_its_column() -> None:
    with pytest.raises(ValueError) as caught:
        parse('{"a": 1,}')
    assert mistake(caught.value).startswith("broken JSON at column ")


def test_a_mistake_in_a_stream_names_line_and_column() -> None:
    with pytest.raises(UserError, match=r"a\.json:3, column 8: broken JSON"):
        elements('[{"a": 1},\n{"a": 2},\n{"a": 3;}]')


@pytest.mark.parametrize("text", ['[{"a": 1}', '[{"a": 1},', '[{"a": 1', "["])
def test_a_list_that_is_cut_short_is_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"a\.json:1"):
        elements(text)


def test_what_follows_the_list_is_refused() -> None:
    with pytest.raises(UserError, match="something follows the end of the list"):
        elements("[1] 2")


def test_an_element_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "MAX_RECORD", 100)
    with pytest.raises(UserError, match="In JSON that is one object a line, jsonl"):
        elements(json.dumps([{"a": "x" * 1000}]))


def test_a_list_may_be_longer_than_any_of_its_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "MAX_RECORD", 100)
    written = [{"a": "x" * 80}] * 100
    assert elements(json.dumps(written)) == written


def test_a_number_with_too_many_digits_is_a_mistake_not_a_crash() -> None:
    with pytest.raises(ValueError) as caught:
        parse("1" * 10_000)
    assert "Exceeds the limit" in mistake(caught.value)


def test_objects_that_touch_each_other_are_read_one_at_a_time() -> None:
    text = Trickle('{"a": 1}{"b": 2}')
    assert next(JsonStream(text, "a.json").values()) == {"a": 1}
    assert text.tell() < 12
