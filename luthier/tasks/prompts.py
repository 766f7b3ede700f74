"""Prompts and answers as tokens, whatever kind of model they are for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from transformers import PreTrainedTokenizerBase

from luthier.models.chat import Conversation, Rendered, prompt_ids, render_chats
from luthier.models.completions import completion_prompt_ids, render_completions

Learn = Literal["assistant", "last", "all"]


@dataclass(frozen=True, slots=True)
class Prompted:
    """N rows for a model that writes.

    Attributes:
        ids: of prompt and answer; for an encoder-decoder of the prompt alone.
        weights: of each token in the loss; for an encoder-decoder of each token of the answer.
        prompt_lengths: how many of the ids generation is prompted with.
        full_lengths: tokens before the cut.
        answers: for an encoder-decoder, the tokens it is to write; else None.
    """

    ids: list[list[int]]
    weights: list[list[float]]
    prompt_lengths: list[int]
    full_lengths: list[int]
    answers: list[list[int]] | None = None


def prompted(
    rows: Sequence[Conversation | tuple[str, str | None]],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
    *,
    learn: Learn = "assistant",
    names: Sequence[str] | None = None,
) -> Prompted:
    """Conversations, or prompts with completions, for a decoder.

    A row without an answer is the prompt alone, and has no loss.
    """
    found: list[Rendered | None] = [None] * len(rows)
    known = [i for i, row in enumerate(rows) if _has_answer(row)]
    asked = [i for i, row in enumerate(rows) if not _has_answer(row)]
    for some, is_known in ((known, True), (asked, False)):
        part = [rows[i] for i in some]
        told = None if names is None else [names[i] for i in some]
        chats = [row for row in part if isinstance(row, Conversation)]
        if not part:
            continue
        if chats and is_known:
            done = render_chats(chats, tokenizer, max_length=max_length, learn=learn, names=told)
        elif chats:
            done = _silent(prompt_ids(chats, tokenizer, names=told), max_length)
        else:
            pairs = [row for row in part if not isinstance(row, Conversation)]
            prompts = [prompt for prompt, _ in pairs]
            done = (
                render_completions(
                    prompts, [answer or "" for _, answer in pairs], tokenizer, max_length=max_length
                )
                if is_known
                else _silent(completion_prompt_ids(prompts, tokenizer), max_length)
            )
        for i, one in zip(some, done, strict=True):
            found[i] = one
    rendered = [one for one in found if one is not None]
    return Prompted(
        [one.ids for one in rendered],
        [one.weights for one in rendered],
        [one.prompt_length for one in rendered],
        [one.full_length for one in rendered],
    )


def prompted_pairs(
    prompts: Sequence[str],
    answers: Sequence[str | None],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
    max_answer_length: int,
) -> Prompted:
    """Prompts for the encoder, answers for the decoder, each cut to its own length.

    Special tokens are the tokenizer's own; the answer always ends with the one that ends a text.
    """
    source = tokenizer(list(prompts), return_attention_mask=False, verbose=False)["input_ids"]
    written = [answer or "" for answer in answers]
    target = tokenizer(text_target=written, return_attention_mask=False, verbose=False)["input_ids"]
    end = tokenizer.eos_token_id
    ids: list[list[int]] = []
    wanted: list[list[int]] = []
    for row, tokens in enumerate(target):
        ids.append(source[row][:max_length])
        if answers[row] is None:
            wanted.append([])
            continue
        ended = tokens if end is None or tokens[-1:] == [end] else [*tokens, end]
        wanted.append(ended[:max_answer_length])
    return Prompted(
        ids,
        [[1.0] * len(tokens) for tokens in wanted],
        [len(tokens) for tokens in ids],
        [len(tokens) for tokens in source],
        wanted,
    )


def _has_answer(row: Conversation | tuple[str, str | None]) -> bool:
    if isinstance(row, Conversation):
        return bool(row.messages) and row.messages[-1]["role"] == "assistant"
    return row[1] is not None


def _silent(prompts: Sequence[list[int]], max_length: int) -> list[Rendered]:
    return [
        Rendered(ids[:max_length], [0.0] * len(ids[:max_length]), len(ids[:max_length]), len(ids))
        for ids in prompts
    ]
