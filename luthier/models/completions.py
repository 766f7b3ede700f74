"""Prompts and completions as tokens and loss weights, for models that are given plain text."""

from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.models.chat import Rendered, plain_ids


def render_completions(
    prompts: Sequence[str],
    completions: Sequence[str],
    tokenizer: PreTrainedTokenizerBase,
    *,
    max_length: int,
) -> list[Rendered]:
    """Prompt, completion and end of text as tokens; the loss is on the last two.

    The prompt's tokens are those `completion_prompt_ids` gives, whatever follows. Where prompt and
    completion make the same tokens together as one text, so they are here, as with trl's
    SFTTrainer. Where the border would merge (`"A: "` + `"yes"`), trl trains on the merged token,
    behind a prompt that generation never sees; here the completion is tokenized by itself.

    Args:
        prompts: texts that are fit for UTF-8, all rows tokenized in one call in Rust.
        completions: as many; written behind the prompts with nothing between.
        tokenizer: whose end-of-text token closes a completion, unless it is written there already.
        max_length: tokens a row may have; the end is cut off.

    Raises:
        UserError: the tokenizer has no end-of-text token.
    """
    end = tokenizer.eos_token_id
    if end is None:
        raise UserError(
            "the model's tokenizer has no end-of-text token, so the model would never learn to "
            "stop. Use a model whose tokenizer has one (`eos_token`)."
        )
    start = _start(tokenizer)
    alone = plain_ids(prompts, tokenizer)
    rows = _behind(tokenizer, prompts, completions, alone)
    rendered = []
    for prompt, row in zip(alone, rows, strict=True):
        ids = [*start, *row, *([] if row[-1:] == [end] and len(row) > len(prompt) else [end])]
        prompt_length = len(start) + len(prompt)
        weights = [0.0] * prompt_length + [1.0] * (len(ids) - prompt_length)
        rendered.append(
            Rendered(
                ids[:max_length], weights[:max_length], min(prompt_length, max_length), len(ids)
            )
        )
    return rendered


def completion_prompt_ids(
    prompts: Sequence[str], tokenizer: PreTrainedTokenizerBase
) -> list[list[int]]:
    """The tokens that generation is prompted with: the text, behind the tokenizer's own start."""
    start = _start(tokenizer)
    return [start + ids for ids in plain_ids(prompts, tokenizer)]


def _start(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The special tokens before a text (bos); what some tokenizers put behind it is left out."""
    whole: list[int] = tokenizer("a")["input_ids"]
    plain: list[int] = tokenizer("a", add_special_tokens=False)["input_ids"]
    return whole[: whole.index(plain[0])]


def _behind(
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[str],
    completions: Sequence[str],
    alone: Sequence[list[int]],
) -> list[list[int]]:
    """Each prompt's own tokens, and behind them those of its completion."""
    joint = plain_ids([p + c for p, c in zip(prompts, completions, strict=True)], tokenizer)
    merged = [i for i, ids in enumerate(alone) if joint[i][: len(ids)] != ids]
    for i, ids in zip(merged, _continued(tokenizer, [completions[i] for i in merged]), strict=True):
        joint[i] = alone[i] + ids
    return joint


def _continued(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[int]]:
    """Texts as tokens that go on: behind a newline, where SentencePiece puts no space before."""
    newline = plain_ids(["\n"], tokenizer)[0]
    behind = plain_ids([f"\n{text}" for text in texts], tokenizer)
    by_itself = plain_ids(texts, tokenizer)
    return [
        ids[len(newline) :] if ids[: len(newline)] == newline else plain
        for ids, plain in zip(behind, by_itself, strict=True)
    ]
