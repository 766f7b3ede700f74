"""The tokens the loss is on are those trl's SFTTrainer puts it on, token for token."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from luthier.models.chat import Conversation, Rendered, render_chats
from luthier.models.completions import render_completions
from tests import chat_templates as kinds
from tests.chat_templates import make_chat_tokenizer

Row = Mapping[str, Any]
FIT = {name: getattr(kinds, name) for name in ("CHATML", "LLAMA3", "MISTRAL", "PHI", "TOOLS")}
TALK = [
    {"role": "user", "content": "What is the weather like today?"},
    {"role": "assistant", "content": "It is sunny."},
    {"role": "user", "content": "谢谢！\nAnd tomorrow?\n\n"},
    {"role": "assistant", "content": "Rain,\n\n25 degrees 今天 🌧"},
]
PROMPTS = ["hello, how are you?", "def add(a, b):", "", "今天天气怎么样？"]
COMPLETIONS = [" I am fine.", "\n    return a + b\n", "first line", "晴天</s>"]


def seen_by_trl(
    tokenizer: PreTrainedTokenizerFast, rows: Sequence[Row], folder: Path, **settings: Any
) -> Iterator[tuple[list[int], list[bool]]]:
    """Tokens and whether they are learnt, as SFTTrainer prepares them."""
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    trainer = SFTTrainer(
        LlamaForCausalLM(config),
        SFTConfig(
            output_dir=str(folder),
            use_cpu=True,
            report_to="none",
            disable_tqdm=True,
            gradient_checkpointing=None,
            activation_checkpointing=False,
            **settings,
        ),
        train_dataset=Dataset.from_list([dict(row) for row in rows]),
        processing_class=tokenizer,
    )
    for row in trainer.train_dataset:
        yield row["input_ids"], [label != -100 for label in row["labels"]]


def seen_by_us(rows: Sequence[Rendered]) -> list[tuple[list[int], list[bool]]]:
    return [(row.ids, [weight > 0 for weight in row.weights]) for row in rows]


@pytest.mark.parametrize("max_length", [512, 40])
@pytest.mark.parametrize("template", FIT.values(), ids=FIT)
def test_the_last_answer_is_trls_completion(template: str, max_length: int, tmp_path: Path) -> None:
    tokenizer = make_chat_tokenizer(template)
    talks = [TALK[:2], TALK]
    rows = [{"prompt": talk[:-1], "completion": talk[-1:]} for talk in talks]
    chats = [Conversation(talk) for talk in talks]
    ours = render_chats(chats, tokenizer, max_length=max_length, learn="last")
    theirs = list(seen_by_trl(tokenizer, rows, tmp_path, max_length=max_length))
    learnable = [row for row in ours if any(row.weights)]  # trl drops the others
    assert seen_by_us(learnable) == theirs


@pytest.mark.parametrize("max_length", [512, 40])
def test_marked_answers_are_trls_assistant_only_loss(max_length: int, tmp_path: Path) -> None:
    tokenizer = make_chat_tokenizer(kinds.MARKED_CHATML)
    talks = [TALK[:2], TALK, TALK[:3]]
    ours = render_chats([Conversation(t) for t in talks], tokenizer, max_length=max_length)
    theirs = seen_by_trl(
        tokenizer,
        [{"messages": talk} for talk in talks],
        tmp_path,
        max_length=max_length,
        assistant_only_loss=True,
    )
    assert seen_by_us(ours) == list(theirs)


def test_unmarked_answers_are_those_trl_learns_from_the_marked_template(tmp_path: Path) -> None:
    tokenizer = make_chat_tokenizer(kinds.UNMARKED_CHATML)
    ours = render_chats([Conversation(TALK)], tokenizer, max_length=512)
    marked = make_chat_tokenizer(kinds.MARKED_CHATML)
    theirs = seen_by_trl(marked, [{"messages": TALK}], tmp_path, assistant_only_loss=True)
    assert seen_by_us(ours) == list(theirs)


@pytest.mark.parametrize("adds_bos", [False, True])
@pytest.mark.parametrize("split", ["newlines", "gpt2"])
def test_a_plain_completion_is_trls(split: kinds.Split, adds_bos: bool, tmp_path: Path) -> None:
    tokenizer = make_chat_tokenizer(None, split=split, adds_bos=adds_bos)
    rows = [{"prompt": p, "completion": c} for p, c in zip(PROMPTS, COMPLETIONS, strict=True)]
    ours = render_completions(PROMPTS, COMPLETIONS, tokenizer, max_length=20)
    assert seen_by_us(ours) == list(seen_by_trl(tokenizer, rows, tmp_path, max_length=20))


@pytest.mark.parametrize("prompt, completion", [("How: ", "hello"), ("今天", "天气")])
def test_where_the_border_merges_trl_trains_behind_another_prompt(
    prompt: str, completion: str, tmp_path: Path
) -> None:
    tokenizer = make_chat_tokenizer(None)
    row = {"prompt": prompt, "completion": completion}
    ((theirs, _),) = seen_by_trl(tokenizer, [row], tmp_path)
    (ours,) = render_completions([prompt], [completion], tokenizer, max_length=20)
    alone = tokenizer(prompt)["input_ids"]
    assert theirs[: len(alone)] != alone
    assert ours.ids[: ours.prompt_length] == alone
    assert tokenizer.decode(ours.ids) == tokenizer.decode(theirs) == prompt + completion + "</s>"
