"""A completion is learnt behind the very tokens that generation is prompted with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast

from luthier.core.errors import UserError
from luthier.models.chat import Rendered
from luthier.models.completions import completion_prompt_ids, render_completions
from tests.chat_templates import make_chat_tokenizer

TOKENIZERS = {
    "plain": make_chat_tokenizer(None),
    "bos": make_chat_tokenizer(None, adds_bos=True),
    "gpt2": make_chat_tokenizer(None, split="gpt2"),
}


def make_sentencepiece() -> PreTrainedTokenizerFast:
    """A tokenizer that puts a space before a text, as Llama 2's does."""
    pieces = ["<unk>", "</s>", "\n", "▁", "A", ":", "▁A", "yes", "▁yes", *"yes"]
    vocabulary = [(piece, -float(i)) for i, piece in enumerate(dict.fromkeys(pieces))]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="first")
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>")


def render(prompt: str, completion: str, tokenizer: PreTrainedTokenizerFast) -> Rendered:
    return render_completions([prompt], [completion], tokenizer, max_length=1000)[0]


@pytest.mark.parametrize("tokenizer", TOKENIZERS.values(), ids=TOKENIZERS)
@given(prompt=st.text("ab \n:你好."), completion=st.text("ab \n:你好."))
def test_whatever_follows_the_prompt_is_the_prompt(
    tokenizer: PreTrainedTokenizerFast, prompt: str, completion: str
) -> None:
    row = render(prompt, completion, tokenizer)
    assert [row.ids[: row.prompt_length]] == completion_prompt_ids([prompt], tokenizer)
    assert row.ids[: row.prompt_length] == tokenizer(prompt)["input_ids"]
    learnt = row.ids[row.prompt_length :]
    assert tokenizer.decode(learnt[:-1]) == completion
    assert learnt[-1] == tokenizer.eos_token_id
    assert row.weights == [0.0] * row.prompt_length + [1.0] * len(learnt)


def test_the_start_of_text_is_written_once() -> None:
    tokenizer = TOKENIZERS["bos"]
    ids = render("hello", " there", tokenizer).ids
    assert (ids[0], ids.count(tokenizer.bos_token_id)) == (tokenizer.bos_token_id, 1)


def test_an_end_of_text_that_is_written_is_not_doubled() -> None:
    tokenizer = TOKENIZERS["plain"]
    assert render("hello", " there</s>", tokenizer) == render("hello", " there", tokenizer)


def test_an_end_of_text_in_the_prompt_ends_no_completion() -> None:
    row = render("hello</s>", "", TOKENIZERS["plain"])
    assert row.weights[-2:] == [0.0, 1.0]


def test_what_the_tokenizer_puts_behind_a_text_stands_in_no_prompt() -> None:
    tokenizer = make_chat_tokenizer(None)
    end = tokenizer.eos_token_id
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", end)]
    )
    assert end not in completion_prompt_ids(["hello"], tokenizer)[0]
    assert render("hello", " there", tokenizer).ids.count(end) == 1


def test_no_space_creeps_in_where_the_tokenizer_puts_one_before_a_text() -> None:
    tokenizer = make_sentencepiece()
    row = render("A: ", "yes", tokenizer)
    assert tokenizer.convert_ids_to_tokens(row.ids) == ["▁A", ":", "▁", "yes", "</s>"]


def test_what_is_too_long_loses_its_end() -> None:
    tokenizer = TOKENIZERS["plain"]
    whole = render("hello", " there, hello", tokenizer)
    (cut,) = render_completions(["hello"], [" there, hello"], tokenizer, max_length=2)
    assert (cut.ids, cut.weights) == (whole.ids[:2], whole.weights[:2])
    assert (cut.prompt_length, cut.full_length) == (1, len(whole.ids))


def test_a_prompt_that_is_too_long_leaves_nothing_to_learn() -> None:
    (row,) = render_completions(["hello, hello"], ["a"], TOKENIZERS["plain"], max_length=2)
    assert (row.prompt_length, row.weights) == (2, [0.0, 0.0])


def test_no_rows_are_no_rows() -> None:
    assert render_completions([], [], TOKENIZERS["plain"], max_length=9) == []


def test_a_tokenizer_without_end_of_text_is_refused() -> None:
    with pytest.raises(UserError, match="has no end-of-text token"):
        render("a", "b", make_chat_tokenizer(None, special=("<s>",)))
