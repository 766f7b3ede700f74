"""Texts as pieces of a model's vocabulary, without the special tokens that stand round a text."""

from collections.abc import Sequence
from typing import TypeGuard

from tokenizers import Encoding
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from luthier.data.text.readable import readable

Pieces = list[int]


def pieces_of(texts: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> list[Pieces]:
    """The pieces of each text, however many, in one call of the tokenizer."""
    if not texts:
        return []
    sound = [readable(text) for text in texts]
    if goes_to_rust(tokenizer):
        return [found.ids for found in encodings(sound, tokenizer, special_tokens=False)]
    encoding = tokenizer(
        sound,
        add_special_tokens=False,
        return_token_type_ids=False,
        return_attention_mask=False,
        verbose=False,
    )
    pieces: list[Pieces] = encoding["input_ids"]
    return pieces


def surroundings(tokenizer: PreTrainedTokenizerBase) -> tuple[Pieces, Pieces]:
    """The special tokens that a model expects before and behind a text."""
    (inside,) = pieces_of(["a"], tokenizer)
    whole: Pieces = tokenizer("a", return_attention_mask=False)["input_ids"]
    starts = range(len(whole) - len(inside) + 1)
    start = next(i for i in starts if whole[i : i + len(inside)] == inside)
    return whole[:start], whole[start + len(inside) :]


def goes_to_rust(tokenizer: PreTrainedTokenizerBase) -> TypeGuard[PreTrainedTokenizerFast]:
    """Whether all that a tokenizer does with texts is done in Rust, nothing in Python."""
    return (
        isinstance(tokenizer, PreTrainedTokenizerFast)
        and type(tokenizer).__call__ is PreTrainedTokenizerFast.__call__
        and type(tokenizer)._encode_plus is PreTrainedTokenizerFast._encode_plus
    )


def encodings(
    texts: Sequence[str], tokenizer: PreTrainedTokenizerFast, *, special_tokens: bool
) -> list[Encoding]:
    """Texts as `tokenizer(texts)` gives them, in one call that makes no dictionary of each text.

    For single words that takes half the time. Tokens do not know their places in the text.

    Args:
        texts: in UTF-8, at least one.
        tokenizer: one that `goes_to_rust`.
        special_tokens: whether those that stand round a text are put there.
    """
    rust = tokenizer.backend_tokenizer
    rust.no_truncation()
    rust.no_padding()
    rust.encode_special_tokens = tokenizer.split_special_tokens
    return rust.encode_batch_fast(list(texts), add_special_tokens=special_tokens)
