"""`text` and `label`, also with `text_pair`: a name, a number or a list of names for each text."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, final

from pydantic import Field

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import (
    LABEL,
    TEXT,
    TEXT_PAIRS,
    columns_of,
    find,
    remark_on_others,
)
from luthier.data.parsing.label_names import name_of, read_names
from luthier.data.parsing.values import holds, is_missing, label_of, text_of

MAX_LABEL = 100
"""Characters; a longer text is no label."""


@final
class TextLabel(Format):
    """Texts, or pairs of texts, with what they are to be told apart by.

    Args:
        label_separator: what stands between several labels in one cell: `,` for `3,10`.
        label_names: what the labels 0, 1, 2 ... are called: a list, or a file with a name a line.
    """

    title = "text + label"

    def __init__(
        self,
        *,
        label_separator: Annotated[
            str | None, Field(min_length=1, description="between several labels in one cell")
        ] = None,
        label_names: Annotated[
            str | list[str] | None,
            Field(min_length=1, description="of the numbers 0, 1, 2 ...: a list or a file"),
        ] = None,
    ):
        self.label_separator = label_separator
        self.label_names = read_names(label_names) if isinstance(label_names, str) else label_names

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the names of a text column (or a pair of them) and a label column."""
        columns = columns_of(sample)
        labels = [name for name in find(columns, LABEL) if _are_labels(sample, name)]
        pair = next((found for names in TEXT_PAIRS if len(found := find(columns, names)) == 2), [])
        texts = [name for name in pair or find(columns, TEXT) if holds(sample, name, str)]
        if not labels or not texts:
            return None
        chosen = {"text": texts[0], "label": labels[0]}
        remark = remark_on_others("label", labels)
        if pair:
            return Recognition({**chosen, "text_pair": pair[1]}, rank=42, remark=remark)
        remark = remark or remark_on_others("text", texts)
        return Recognition(chosen, rank=40, remark=remark)

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`text`, `label` and, for pairs, `text_pair`.

        Raises:
            ValueError: the label is empty or no label, or has no name though names are given; or
                a text is not text.
        """
        read: dict[str, Any] = {"text": text_of(fields, columns["text"])}
        if "text_pair" in columns:
            read["text_pair"] = text_of(fields, columns["text_pair"])
        label = label_of(fields, columns["label"], self.label_separator)
        read["label"] = label if self.label_names is None else name_of(label, self.label_names)
        return read


def _are_labels(sample: Sequence[Mapping[str, Any]], column: str) -> bool:
    values = [fields.get(column) for fields in sample]
    return all(is_missing(value) or _can_be_label(value) for value in values)


def _can_be_label(value: Any) -> bool:
    if isinstance(value, list):
        return all(_can_be_label(item) for item in value)
    if isinstance(value, str):
        return len(value) <= MAX_LABEL and "\n" not in value.strip()
    return isinstance(value, int | float)
