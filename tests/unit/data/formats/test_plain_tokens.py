import pytest

from luthier.data.formats.plain_tokens import PlainTokens


def test_a_column_of_lists_is_read_as_tokens() -> None:
    found = PlainTokens().recognise([{"Words": ["a", "b"], "id": 1}])
    assert found is not None
    assert PlainTokens().read({"Words": ["a", "b"]}, found.columns) == {"tokens": ["a", "b"]}


def test_text_is_no_tokens() -> None:
    assert PlainTokens().recognise([{"tokens": "a b"}]) is None


def test_numbers_among_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="not text"):
        PlainTokens().read({"tokens": ["a", 1]}, {"tokens": "tokens"})
