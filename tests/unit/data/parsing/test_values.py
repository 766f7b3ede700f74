import math
from typing import Any

import pytest

from luthier.data.parsing.values import kind, label_of, list_of, optional_text, text_of


@pytest.mark.parametrize("value", [None, math.nan, ""])
def test_no_text_is_the_empty_text(value: Any) -> None:
    assert text_of({"text": value}, "text") == ""


@pytest.mark.parametrize(
    ("value", "said"), [(3, "a number"), (True, "true or false"), (["a"], "a list")]
)
def test_what_is_no_text_is_refused(value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"`text` is {said} instead of text"):
        text_of({"text": value}, "text")


def test_a_row_without_the_column_is_refused() -> None:
    with pytest.raises(ValueError, match="no `text`"):
        text_of({"body": "a"}, "text")


@pytest.mark.parametrize("value", [None, math.nan, "", "  "])
def test_an_empty_label_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^label is empty$"):
        label_of({"label": value}, "label")


def test_an_empty_label_is_refused_with_the_name_of_its_column() -> None:
    with pytest.raises(ValueError, match=r"^label is empty \(column `Category`\)$"):
        label_of({"Category": ""}, "Category")


@pytest.mark.parametrize(
    ("value", "label"),
    [("spam", "spam"), (0, 0), (2.5, 2.5), (True, "true"), (["a", 1], ["a", 1]), ([], [])],
)
def test_labels_are_names_numbers_or_lists_of_them(value: Any, label: Any) -> None:
    assert label_of({"label": value}, "label") == label


def test_a_separator_cuts_one_text_into_labels() -> None:
    assert label_of({"label": "3, 10"}, "label", ",") == ["3", "10"]


@pytest.mark.parametrize("value", [{"a": 1}, [{"a": 1}], ["a", None]])
def test_what_cannot_be_a_label_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="`label`"):
        label_of({"label": value}, "label")


def test_a_text_that_need_not_be_there_may_be_absent() -> None:
    assert optional_text({}, "system") == optional_text({}, None) == ""


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(ValueError, match="`tokens` is text instead of a list"):
        list_of({"tokens": "a b"}, "tokens")


def test_every_kind_of_value_has_a_word() -> None:
    words = ["nothing", "text", "a list", "an object", "raw bytes"]
    assert [kind(value) for value in (None, "a", [], {}, b"")] == words
