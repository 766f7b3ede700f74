from typing import Any

import pytest

from luthier.data.formats.tokens_tags import TokensTags

COLUMNS = {"tokens": "tokens", "tags": "ner_tags"}


def test_tags_may_be_names_or_numbers() -> None:
    assert TokensTags().read({"tokens": ["a", "b"], "ner_tags": ["O", 3]}, COLUMNS) == {
        "tokens": ["a", "b"],
        "tags": ["O", 3],
    }


@pytest.mark.parametrize(
    ("tokens", "tags", "said"),
    [
        (["a"], ["O", "O"], "not as many tags as tokens"),
        ("a b", ["O"], "`tokens` is text instead of a list"),
        (["a", None], ["O", "O"], "`tokens` holds something that is not text"),
        (["a"], [None], "`ner_tags` holds something"),
    ],
)
def test_rows_that_do_not_match_are_refused(tokens: Any, tags: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        TokensTags().read({"tokens": tokens, "ner_tags": tags}, COLUMNS)


def test_entities_win_over_other_tags_with_a_remark() -> None:
    found = TokensTags().recognise([{"tokens": ["a"], "pos_tags": [1], "ner_tags": [0]}])
    assert found is not None
    assert found.columns["tags"] == "ner_tags"
    assert "`columns: {tags: pos_tags}`" in found.remark
