import pytest

from luthier.data.quality.measures import digit_share, mean_word_length, quality, symbol_share


@pytest.mark.parametrize(
    ("text", "share"), [("", 0), ("ab$$", 0.5), ("a b, c. d! e?", 0), ("＄价格", 0), ("$ $", 1)]
)
def test_symbols_are_neither_letters_nor_punctuation(text: str, share: float) -> None:
    assert symbol_share(text) == share


def test_digits_count_without_white_space() -> None:
    assert digit_share("12 ab") == 0.5


def test_words_have_a_mean_length() -> None:
    assert mean_word_length("a bcd") == 2


def test_chinese_has_no_length_of_words() -> None:
    found = quality(["今天天气很好，我们去公园散步。"])
    assert found is not None
    assert "word_length" not in found["measures"]


def test_what_lies_beyond_the_last_edge_is_counted_with_the_last_bin() -> None:
    found = quality(["x" * 90, "a bc"])
    assert found is not None
    assert found["measures"]["word_length"]["histogram"]["counts"] == [1, 0, 0, 0, 0, 0, 0, 1]


def test_the_limits_are_those_of_the_cleaner() -> None:
    found = quality(["some text"])
    assert found is not None
    assert found["measures"]["symbols"]["limit"] == 0.3
    assert found["measures"]["repetition"]["limit"] is None


def test_without_texts_nothing_is_measured() -> None:
    assert quality([]) is None
