"""`anchor`, `positive` and `negative`: a text, one that belongs to it and one that does not."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import columns_of, find
from luthier.data.parsing.values import holds, text_of

_COLUMNS = {
    "anchor": ("anchor", "query"),
    "positive": ("positive", "pos"),
    "negative": ("negative", "neg"),
}


@final
class Triplets(Format):
    """Texts with a hard negative, to learn embeddings from."""

    title = "triplets"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the names of three text columns."""
        columns = columns_of(sample)
        found = {
            key: names[0] for key, known in _COLUMNS.items() if (names := find(columns, known))
        }
        is_whole = len(found) == 3 and all(holds(sample, name, str) for name in found.values())
        return Recognition(found, rank=75) if is_whole else None

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`anchor`, `positive` and `negative`.

        Raises:
            ValueError: one of them is not text.
        """
        return {key: text_of(fields, columns[key]) for key in _COLUMNS}
