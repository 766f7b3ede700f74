import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.evaluation import bag_of_words
from luthier.evaluation.bag_of_words import thinned, word_counts, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I don't know GPT-4.", ["i", "don", "t", "know", "gpt", "4"]),
        ("Ça déjà vu", ["ça", "déjà", "vu"]),
        ("我爱北京天安门", ["我", "爱", "北京", "天安门"]),
        ("用GPT4写诗，well done！", ["用", "gpt4", "写诗", "well", "done"]),
        ("カナです", ["カ", "ナ", "で", "す"]),
        ("안녕하세요 세계", ["안녕하세요", "세계"]),
        ("", []),
        ("!?。\ud800", []),
    ],
)
def test_words_of_any_script(text, expected):
    assert words(text) == expected


@given(st.text())
def test_any_text_has_words_without_spaces(text):
    assert all(word and not any(char.isspace() for char in word) for word in words(text))


def test_words_and_pairs_of_neighbours_are_counted():
    counts = word_counts(["a b a b", "c", ""])
    assert [sorted(counts[[row]].data) for row in range(3)] == [[1, 2, 2, 2], [1], []]


def test_more_characters_than_fit_into_memory_are_thinned_at_random(monkeypatch):
    monkeypatch.setattr(bag_of_words, "_MAX_CHARACTERS", 1000)
    rows, kept = thinned((f"{i:010}" for i in range(10_000)), 10_000)
    assert 0 < len(kept) <= 100
    assert kept == [f"{i:010}" for i in rows]
    assert rows.max() > 5000 > rows.min()


def test_of_a_text_longer_than_any_only_the_beginning_counts(monkeypatch):
    monkeypatch.setattr(bag_of_words, "_MAX_TEXT", 5)
    assert words("one two three") == ["one", "t"]
    assert thinned(["one two three"], 1)[1] == ["one t"]
