"""What a value must be to serve as a text, a label or a list of tokens, and what it is if not."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

Scalar = str | int | float
Label = Scalar | list[Scalar]


def kind(value: Any) -> str:
    """What a value is, in the words of a message: `a number`, `a list`."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    names: dict[type, str] = {str: "text", list: "a list", dict: "an object", bytes: "raw bytes"}
    return "nothing" if value is None else names.get(type(value), "of an unknown kind")


def is_missing(value: Any) -> bool:
    """Whether there is no value: None, NaN, or text of nothing but white space."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or (isinstance(value, float) and math.isnan(value))


def text_of(fields: Mapping[str, Any], column: str) -> str:
    """The text in a column; none, as of an empty cell, is the empty text.

    Raises:
        ValueError: the row has no such column, or it is not text.
    """
    if column not in fields:
        raise ValueError(f"no `{column}`")
    value = fields[column]
    if isinstance(value, str):
        return value
    if is_missing(value):
        return ""
    raise ValueError(f"`{column}` is {kind(value)} instead of text")


def optional_text(fields: Mapping[str, Any], column: str | None) -> str:
    """The text in a column that need not be there.

    Raises:
        ValueError: it is there, and is not text.
    """
    return text_of(fields, column) if column is not None and column in fields else ""


def label_of(fields: Mapping[str, Any], column: str, separator: str | None = None) -> Label:
    """The label in a column: a name, a number, or a list of them.

    Args:
        fields: the row.
        column: where to look.
        separator: what stands between several labels in one text; None if it is one label.

    Raises:
        ValueError: it is missing, or cannot be a label.
    """
    value = fields.get(column)
    if is_missing(value):
        where = "" if column == "label" else f" (column `{column}`)"
        raise ValueError(f"label is empty{where}")
    if separator is not None and isinstance(value, str):
        value = [part.strip() for part in value.split(separator)]
    if isinstance(value, list):
        return [_one_label(item, column) for item in value]
    return _one_label(value, column)


def _one_label(value: Any, column: str) -> Scalar:
    if is_missing(value):
        raise ValueError(f"`{column}` has an empty label in its list")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return value
    raise ValueError(f"`{column}` is {kind(value)} instead of a label")


def score_of(fields: Mapping[str, Any], column: str) -> float:
    """The number in a column, also where a table holds it as text.

    Raises:
        ValueError: it is missing, or no finite number.
    """
    value = fields.get(column)
    if is_missing(value):
        raise ValueError("the score is empty")
    try:
        score = float(value)  # type: ignore[arg-type]  # what it may not take, it says
    except (TypeError, ValueError, OverflowError):
        raise ValueError("the score is no number") from None
    if not math.isfinite(score):
        raise ValueError("the score is no finite number")
    return score


def are_scores(sample: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Whether a column of the sample holds numbers, and nothing else."""
    values = [fields.get(column) for fields in sample]
    there = [value for value in values if not is_missing(value)]
    return bool(there) and all(_is_number(value) for value in there)


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        try:
            return math.isfinite(float(value))
        except ValueError:
            return False
    return isinstance(value, int | float) and not isinstance(value, bool)


def list_of(fields: Mapping[str, Any], column: str) -> list[Any]:
    """The list in a column.

    Raises:
        ValueError: it is missing, or no list.
    """
    value = fields.get(column)
    if not isinstance(value, list):
        raise ValueError(f"`{column}` is {kind(value)} instead of a list")
    return value


def holds(sample: Sequence[Mapping[str, Any]], column: str, *kinds: type) -> bool:
    """Whether some value of a column in the sample is of one of these kinds."""
    return any(isinstance(fields.get(column), kinds) for fields in sample)
