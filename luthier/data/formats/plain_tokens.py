"""`tokens` alone: sentences in words, to ask for their tags."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import TOKENS, columns_of, find
from luthier.data.parsing.values import holds, list_of


@final
class PlainTokens(Format):
    """Sentences in tokens, without tags."""

    title = "plain tokens"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the name of a column of lists."""
        tokens = [name for name in find(columns_of(sample), TOKENS) if holds(sample, name, list)]
        return Recognition({"tokens": tokens[0]}, rank=20) if tokens else None

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`tokens`.

        Raises:
            ValueError: they are no list of texts.
        """
        tokens = list_of(fields, columns["tokens"])
        if not all(isinstance(token, str) for token in tokens):
            raise ValueError(f"`{columns['tokens']}` holds something that is not text")
        return {"tokens": tokens}
