"""`tokens` and `tags`, one tag for each token, as in CoNLL files or with `ner_tags`."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import TAGS, TOKENS, columns_of, find, remark_on_others
from luthier.data.parsing.values import holds, list_of


@final
class TokensTags(Format):
    """Sentences in tokens, with a tag (a name or a number) for each."""

    title = "tokens + tags"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the names of two columns of lists."""
        columns = columns_of(sample)
        tokens = [name for name in find(columns, TOKENS) if holds(sample, name, list)]
        tags = [name for name in find(columns, TAGS) if holds(sample, name, list)]
        if not tokens or not tags:
            return None
        remark = remark_on_others("tags", tags)
        return Recognition({"tokens": tokens[0], "tags": tags[0]}, rank=90, remark=remark)

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`tokens` and `tags`, of equal length.

        Raises:
            ValueError: they are no lists of texts, or there are more of the one than the other.
        """
        tokens, tags = list_of(fields, columns["tokens"]), list_of(fields, columns["tags"])
        if not all(isinstance(token, str) for token in tokens):
            raise ValueError(f"`{columns['tokens']}` holds something that is not text")
        if not all(isinstance(tag, str | int) for tag in tags):
            raise ValueError(f"`{columns['tags']}` holds something that is neither name nor number")
        if len(tokens) != len(tags):
            raise ValueError("there are not as many tags as tokens")
        return {"tokens": tokens, "tags": tags}
