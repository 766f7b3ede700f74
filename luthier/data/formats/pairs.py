"""`anchor` and `positive`: two texts that belong together, to learn embeddings from."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import columns_of, find
from luthier.data.parsing.values import holds, text_of


@final
class Pairs(Format):
    """Texts that mean the same, or a question and the passage that answers it."""

    title = "pairs"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the names of two text columns."""
        columns = columns_of(sample)
        anchor = find(columns, ("anchor", "query"))
        positive = find(columns, ("positive", "pos"))
        if not anchor or not positive or not holds(sample, positive[0], str):
            return None
        return Recognition({"anchor": anchor[0], "positive": positive[0]}, rank=50)

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`anchor` and `positive`.

        Raises:
            ValueError: one of them is not text.
        """
        return {key: text_of(fields, columns[key]) for key in ("anchor", "positive")}
