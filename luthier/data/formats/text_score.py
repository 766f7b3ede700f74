"""`text` and `score`: a number for each text, such as how pleased a review is."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import SCORE, TEXT, columns_of, find, remark_on_others
from luthier.data.parsing.values import are_scores, holds, score_of, text_of


@final
class TextScore(Format):
    """Texts that are to be placed on a scale."""

    title = "text + score"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the names of a text column and of a column of numbers."""
        columns = columns_of(sample)
        texts = [name for name in find(columns, TEXT) if holds(sample, name, str)]
        scores = [name for name in find(columns, SCORE) if are_scores(sample, name)]
        if not texts or not scores:
            return None
        remark = remark_on_others("score", scores) or remark_on_others("text", texts)
        return Recognition({"text": texts[0], "score": scores[0]}, rank=35, remark=remark)

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`text` and `score`, a finite number.

        Raises:
            ValueError: the text is not text, or the score is missing or no number.
        """
        text = text_of(fields, columns["text"])
        return {"text": text, "score": score_of(fields, columns["score"])}
