"""`text` alone, to learn a language or a domain from."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import TEXT, columns_of, find
from luthier.data.parsing.values import holds, text_of


@final
class PlainText(Format):
    """Texts without labels."""

    title = "plain text"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the name of a text column."""
        texts = [name for name in find(columns_of(sample), TEXT) if holds(sample, name, str)]
        return Recognition({"text": texts[0]}, rank=10) if texts else None

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`text`.

        Raises:
            ValueError: the text is not text.
        """
        return {"text": text_of(fields, columns["text"])}
