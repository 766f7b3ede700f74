from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from luthier.core.records import Row
from luthier.tasks.pieces import pieces_of, surroundings
from luthier.tasks.words import split_words, word_pieces, words_of
from tests.tiny import FAMILIES, tokenizer_of

each_family = pytest.mark.parametrize("family", FAMILIES)
WORDS = ["win", "money", "Now", "offer", "'s", "http://a.b", "the", "money", "!"]


def sentence_piece() -> PreTrainedTokenizerFast:
    """A tokenizer that writes `▁` for the space before a word, as T5's and XLM-R's do."""
    pieces = ["<unk>", "▁", "▁win", "▁m", "oney", "北", "京", "我", "▁我", "▁北京", "北京", "在"]
    tokenizer = Tokenizer(models.Unigram([(p, -float(i)) for i, p in enumerate(pieces)], unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")


def told(tokenizer, words):
    (pieces,) = word_pieces([words], tokenizer)
    return [tokenizer.convert_ids_to_tokens(ids) for ids in pieces]


def flat(pieces):
    return [piece for word in pieces for piece in word]


@each_family
def test_words_with_spaces_between_are_tokenized_as_the_sentence_is(family):
    tokenizer = tokenizer_of(family)
    (pieces,) = word_pieces([WORDS], tokenizer)
    assert flat(pieces) == pieces_of([" ".join(WORDS)], tokenizer)[0]
    assert len(pieces) == len(WORDS)


@each_family
def test_chinese_characters_are_tokenized_without_spaces_between(family):
    tokenizer = tokenizer_of(family)
    (pieces,) = word_pieces([[*"我很喜欢看书，win", "money"]], tokenizer)
    assert flat(pieces) == pieces_of(["我很喜欢看书，w i n money"], tokenizer)[0]


def test_a_space_mark_is_taken_off_where_no_space_is():
    assert told(sentence_piece(), ["win", "money"]) == [["▁win"], ["▁m", "oney"]]
    assert told(sentence_piece(), ["我", "在", "北京"]) == [["▁我"], ["在"], ["北京"]]
    assert told(sentence_piece(), ["win", "北", "win"]) == [["▁win"], ["北"], ["▁win"]]


def test_no_piece_reaches_over_two_words():
    assert told(sentence_piece(), ["我", "北", "京"])[1:] == [["北"], ["京"]]


@each_family
def test_a_blank_word_has_no_piece(family):
    (pieces,) = word_pieces([["win", "", " ", "\u3000", "money"]], tokenizer_of(family))
    assert [bool(word) for word in pieces] == [True, False, False, False, True]


def test_a_word_that_the_tokenizer_drops_has_no_piece():
    (pieces,) = word_pieces([["win", "\x01", "\u200b"]], tokenizer_of("bert"))
    assert [bool(word) for word in pieces] == [True, False, False]


def test_bytes_that_are_no_text_do_not_stop_it():
    (pieces,) = word_pieces([["win\udcff"]], tokenizer_of("gpt2"))
    assert pieces[0]


def test_no_sentences_and_empty_ones_have_no_pieces():
    assert word_pieces([], tokenizer_of("bert")) == []
    assert word_pieces([[], []], tokenizer_of("bert")) == [[], []]


@each_family
def test_special_tokens_stand_where_the_tokenizer_puts_them(family):
    tokenizer = tokenizer_of(family)
    before, behind = surroundings(tokenizer)
    (inside,) = pieces_of(["win money"], tokenizer)
    assert [*before, *inside, *behind] == tokenizer("win money")["input_ids"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, (big) world...", ["Hello", ",", "(", "big", ")", "world", "..."]),
        ("don't @paulwalk #now U.S.", ["don't", "@paulwalk", "#now", "U.S", "."]),
        ("see http://a.b/c?d=e !", ["see", "http://a.b/c?d=e", "!"]),
        ("我在Berlin，住了3年。", ["我", "在", "Berlin", "，", "住", "了", "3", "年", "。"]),
        ("हिन्दी है", ["हिन्दी", "है"]),
        ("", []),
        (" \n\u3000", []),
    ],
)
def test_a_text_is_split_into_words(text, words):
    assert [text[start:end] for start, end in split_words(text)] == words


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("ab .,@#中\u3000"), max_size=40))
def test_every_visible_character_is_in_one_word_and_no_space_in_any(text):
    places = split_words(text)
    assert all(start < end for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    seen = "".join(text[start:end] for start, end in places)
    assert seen == "".join(text.split())


def test_a_row_has_its_tokens_else_the_words_of_its_text():
    assert words_of(Row({"tokens": ["a b", "c"], "text": "d"})) == ["a b", "c"]
    assert words_of(Row({"text": "see you."})) == ["see", "you", "."]
