"""`sentence1`, `sentence2` and `score`: how much two texts have to do with each other."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import SCORE, TEXT_PAIRS, columns_of, find
from luthier.data.parsing.values import holds, score_of, text_of


@final
class ScoredPairs(Format):
    """Pairs of texts with a number, such as the similarity of STS."""

    title = "scored pairs"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the names of two text columns and a score."""
        columns = columns_of(sample)
        pair = next((found for names in TEXT_PAIRS if len(found := find(columns, names)) == 2), [])
        scores = find(columns, SCORE)
        if not pair or not scores or not all(holds(sample, name, str) for name in pair):
            return None
        return Recognition({"text": pair[0], "text_pair": pair[1], "score": scores[0]}, rank=55)

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`text`, `text_pair` and `score`, a finite number.

        Raises:
            ValueError: a text is not text, or the score is missing or no number.
        """
        texts = {key: text_of(fields, columns[key]) for key in ("text", "text_pair")}
        return {**texts, "score": score_of(fields, columns["score"])}
