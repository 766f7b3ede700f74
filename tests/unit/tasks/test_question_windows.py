from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.tasks.question_windows import (
    Window,
    context_tokens,
    layout_of,
    question_tokens,
    windows,
)
from tests.tiny import DECODERS, FAMILIES, WORDS, tokenizer_of

TOKENIZERS = {family: tokenizer_of(family) for family in FAMILIES}
TEXTS = st.lists(st.sampled_from([*WORDS[:9], "  ", "很好", "差书 ", "½", "\n", ",", "e\u0301"]))
SOME = st.sampled_from(FAMILIES)


def cut(
    question: str,
    context: str,
    tokenizer: PreTrainedTokenizerBase,
    *,
    max_length: int = 24,
    stride: int = 4,
    is_causal: bool = False,
) -> list[Window]:
    layout = layout_of(tokenizer, is_causal=is_causal)
    tokens = context_tokens([context], tokenizer)[context]
    (asked,) = question_tokens([question], tokenizer)
    return list(windows(asked, tokens, layout, max_length, stride))


@given(SOME, TEXTS, st.integers(16, 40), st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_windows_are_those_of_the_tokenizer(
    family: str, words: list[str], max_length: int, stride: int
):
    tokenizer, context = TOKENIZERS[family], " ".join(words)
    expected = tokenizer(
        ["buy it"],
        [context],
        truncation="only_second",
        max_length=max_length,
        stride=stride,
        return_overflowing_tokens=True,
    )
    found = cut("buy it", context, tokenizer, max_length=max_length, stride=stride)
    for name in set(tokenizer.model_input_names) - {"attention_mask"}:
        assert [window.columns[name] for window in found] == expected[name]


@given(SOME, TEXTS, st.integers(8, 40), st.integers(0, 3), st.booleans())
@settings(max_examples=100, deadline=None)
def test_windows_cover_all_tokens_and_share_the_stride(
    family: str, words: list[str], max_length: int, stride: int, is_causal: bool
):
    tokenizer, context = TOKENIZERS[family], " ".join(words)
    stride = min(stride, (max_length - layout_of(tokenizer, is_causal=is_causal).size) // 4)
    options = {"max_length": max_length, "stride": stride, "is_causal": is_causal}
    found = cut("buy it", context, tokenizer, **options)
    assert all(len(window.columns["input_ids"]) <= max_length for window in found)
    assert found[0].inside[0] == 0
    assert found[-1].inside[1] == len(context_tokens([context], tokenizer)[context].ids)
    assert all(one.inside[1] - other.inside[0] == stride for one, other in pairwise(found))


@given(SOME, TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_token_stands_for_characters_without_space_around(family: str, words: list[str]):
    context = " ".join(words)
    for window in cut("buy", context, TOKENIZERS[family]):
        texts = [context[a:b] for a, b in zip(window.begins, window.ends, strict=True)]
        assert all(text == text.strip() for text in texts)
        first = window.inside[0] + window.shift
        assert not any(texts[:first])


def test_a_token_of_space_alone_stands_for_nothing():
    (window,) = cut("buy", "a \n b", TOKENIZERS["gpt2"])
    pieces = zip(window.begins, window.ends, strict=True)
    assert ["a \n b"[a:b] for a, b in pieces if b > a] == ["a", "b"]


def test_question_and_context_have_their_token_types():
    (window,) = cut("buy", "money", TOKENIZERS["bert"])
    assert window.columns["token_type_ids"] == [0, 0, 0, 1, 1]


def test_no_answer_is_at_the_first_token_of_a_model_that_reads_both_ways():
    for family in ("bert", "roberta", "bart", "t5"):
        assert cut("buy", "money", TOKENIZERS[family])[0].null == 0


@pytest.mark.parametrize("family", DECODERS)
def test_a_decoder_says_at_the_end_that_there_is_no_answer(family: str):
    tokenizer = TOKENIZERS[family]
    (window,) = cut("buy", "money", tokenizer, is_causal=True)
    ids = window.columns["input_ids"]
    assert window.null == len(ids) - 1
    assert ids[window.null] == tokenizer.eos_token_id
    assert window.null not in range(*(place + window.shift for place in window.inside))


def test_a_line_break_parts_what_the_tokenizer_does_not():
    tokenizer = TOKENIZERS["qwen2"]
    (window,) = cut("buy", "money", tokenizer, is_causal=True)
    assert tokenizer.decode(window.columns["input_ids"]) == "buy\nmoney<|im_end|>"


def test_a_question_that_leaves_no_room_is_cut_at_half_of_it():
    tokenizer = TOKENIZERS["bert"]
    found = cut("buy " * 30, "money " * 30, tokenizer, max_length=23, stride=2)
    assert {window.num_cut for window in found} == {20}
    assert found[0].columns["input_ids"].count(tokenizer.convert_tokens_to_ids("buy")) == 10


def test_an_empty_context_is_one_window():
    (window,) = cut("buy", "", TOKENIZERS["bert"])
    assert TOKENIZERS["bert"].decode(window.columns["input_ids"]) == "[CLS] buy [SEP] [SEP]"
    assert not any(window.ends)


def test_a_context_is_tokenized_once():
    tokens = context_tokens(["money", "win", "money"], TOKENIZERS["bert"])
    assert list(tokens) == ["money", "win"]


def test_bytes_that_are_no_text_do_not_shift_characters():
    (window,) = cut("buy", "win \udcff money", TOKENIZERS["bert"])
    assert (window.begins[-2], window.ends[-2]) == (6, 11)


def test_windows_that_share_all_are_refused():
    with pytest.raises(UserError, match=r"stride: 11 tokens .* Set at most 10"):
        cut("buy", "money " * 40, TOKENIZERS["bert"], max_length=24, stride=11)
