"""Texts as pieces of a model's vocabulary, without the special tokens that stand round a text."""

from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase

from luthier.data.text.readable import readable

Pieces = list[int]


def pieces_of(texts: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> list[Pieces]:
    """The pieces of each text, however many, in one call of the tokenizer."""
    if not texts:
        return []
    encoding = tokenizer(
        [readable(text) for text in texts],
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
