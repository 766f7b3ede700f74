import math
from typing import Any

import pytest

from luthier.data.formats.scored_pairs import ScoredPairs

COLUMNS = {"text": "sentence1", "text_pair": "sentence2", "score": "score"}


@pytest.mark.parametrize("score", [4.5, "4.5"])
def test_a_score_is_a_number_also_when_a_table_holds_it_as_text(score: Any) -> None:
    row = {"sentence1": "a", "sentence2": "b", "score": score}
    assert ScoredPairs().read(row, COLUMNS) == {"text": "a", "text_pair": "b", "score": 4.5}


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (None, "empty"),
        (math.nan, "empty"),
        ("high", "no number"),
        ([1], "no number"),
        ("inf", "no fin"),
    ],
)
def test_what_is_no_score_is_refused(score: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"the score is {said}"):
        ScoredPairs().read({"sentence1": "a", "sentence2": "b", "score": score}, COLUMNS)
