"""What the writing tasks share: the loss of transformers, and prompts that are what was trained."""

from typing import Any

import numpy as np
import pytest
import torch

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.models.chat import Conversation, prompt_ids
from luthier.tasks.encoded import gather
from luthier.tasks.generation import IGNORED, Writing
from tests.tiny import DECODERS, ENCODER_DECODERS, ENCODERS, config_of, make_model, tokenizer_of

WRITERS = (*DECODERS, *ENCODER_DECODERS)
TASKS = ("summarization", "text_generation", "translation")
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
ROWS = [
    Row({"prompt": "the team is on lunch", "completion": "see you tomorrow"}),
    Row({"prompt": "buy cheap pills now, it is a free offer", "completion": "click here"}),
    Row({"prompt": "今天开会吗？", "completion": "明天再说"}),
]


def writing(name: str, family: str, **options: Any) -> tuple[Writing, Any]:
    task = Menu("luthier.tasks.library").build({name: options})
    assert isinstance(task, Writing)
    tokenizer = tokenizer_of(family)
    task.suit(config_of(family), tokenizer)
    return task, tokenizer


def model_of(family: str) -> Any:
    kind = "Seq2SeqLM" if family in ENCODER_DECODERS else "CausalLM"
    return make_model(family, f"AutoModelFor{kind}").eval()


def batch_of(task: Writing, tokenizer: Any, rows: list[Row], max_length: int = 64) -> Any:
    encoded = gather([task.encode(rows, tokenizer, max_length)])
    numbers = np.arange(len(rows))
    return task.collate(encoded, numbers, {"input_ids": tokenizer.pad_token_id or 0})


@torch.inference_mode()
def facts(task: Writing, model: Any, batch: Any) -> Any:
    return task.read(task.forward(model, batch), batch)


def gradients(model: Any, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def our_loss(task: Writing, model: Any, batch: Any) -> torch.Tensor:
    targets = task.targets(batch)
    logits = task.logits(task.forward(model, batch), batch)
    return torch.nn.functional.cross_entropy(logits, targets.labels)


def their_loss(model: Any, batch: Any, family: str) -> torch.Tensor:
    inputs = {k: v for k, v in batch.items() if k not in ("labels", "weights")}
    labels = batch["labels"]
    if family in DECODERS:  # transformers shifts; our labels stand one to the left already
        labels = labels.roll(1, dims=1)
        labels[:, 0] = IGNORED
    loss: torch.Tensor = model(**inputs, labels=labels).loss
    return loss


@pytest.mark.parametrize("family", WRITERS)
def test_the_loss_and_its_gradients_are_those_of_transformers(family):
    task, tokenizer = writing("text_generation", family)
    model, batch = model_of(family), batch_of(task, tokenizer, ROWS)
    ours, theirs = our_loss(task, model, batch), their_loss(model, batch, family)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
    found, expected = gradients(model, ours), gradients(model, theirs)
    assert found.keys() == expected.keys()
    for name in expected:
        torch.testing.assert_close(found[name], expected[name], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("family", WRITERS)
def test_padding_does_not_change_a_row(family):
    task, tokenizer = writing("text_generation", family)
    model = model_of(family)
    together = facts(task, model, batch_of(task, tokenizer, ROWS))
    for i, row in enumerate(ROWS):
        alone = facts(task, model, batch_of(task, tokenizer, [row]))
        np.testing.assert_allclose(alone[0], together[i], rtol=1e-4)


@pytest.mark.parametrize("family", WRITERS)
def test_logits_are_made_at_supervised_positions_only(family):
    task, tokenizer = writing("text_generation", family)
    model, batch = model_of(family), batch_of(task, tokenizer, ROWS)
    assert len(task.forward(model, batch)) == int((batch["labels"] != IGNORED).sum())


@pytest.mark.parametrize("family", ENCODERS)
@pytest.mark.parametrize("name", TASKS)
def test_an_encoder_is_told_that_it_cannot_write(name, family):
    with pytest.raises(UserError, match="reads text but cannot write"):
        writing(name, family)


@pytest.mark.parametrize("family", DECODERS)
def test_what_is_asked_is_what_stood_before_the_trained_answer(family):
    task, tokenizer = writing("text_generation", family, instruction="Answer: ")
    trained = task.encode(ROWS, tokenizer, 64)
    asked = [Row({"prompt": row["prompt"]}) for row in ROWS]
    served = task.encode(asked, tokenizer, 64).tokens["input_ids"]
    for ids, length, prompt in zip(
        trained.tokens["input_ids"], trained.values["prompt_length"], served, strict=True
    ):
        assert ids[:length] == prompt


def test_a_model_with_a_chat_template_is_asked_in_it():
    task, tokenizer = writing("translation", "llama", instruction="Translate: ")
    tokenizer.chat_template = CHATML
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    task.suit(config_of("llama"), tokenizer)
    found = task.encode(ROWS[:1], tokenizer, 128)
    said = [{"role": "user", "content": "Translate: the team is on lunch"}]
    expected = prompt_ids([Conversation(said)], tokenizer)[0]
    assert found.tokens["input_ids"][0][: found.values["prompt_length"][0]] == expected


def test_a_row_that_is_cut_before_its_answer_is_named():
    task, tokenizer = writing("text_generation", "gpt2")
    rows = [Row({"prompt": "win money " * 40, "completion": "now"}), *ROWS]
    encoded = gather([task.encode(rows, tokenizer, 24)])
    with pytest.raises(UserError, match=rf"1 of 4 training rows.*{rows[0].id[:8]}.*1 of them were"):
        task.must_learn(encoded)


def test_a_long_document_loses_its_end_and_keeps_its_summary():
    task, tokenizer = writing("summarization", "gpt2", max_new_tokens=16)
    row = Row({"prompt": "meeting report " * 60, "completion": "see you"})
    encoded = task.encode([row], tokenizer, 64)
    ids = encoded.tokens["input_ids"][0]
    assert len(ids) <= 64 < encoded.full_lengths[0]
    assert tokenizer.decode(ids).rstrip().removesuffix(tokenizer.eos_token).endswith("see you")
    assert encoded.values["prompt_length"][0] <= 64 - 16


def test_a_model_too_short_for_any_document_is_told_so():
    task, tokenizer = writing("summarization", "gpt2", max_new_tokens=60)
    with pytest.raises(UserError, match="leaves no room for a text"):
        task.encode(ROWS[:1], tokenizer, 64)


@pytest.mark.parametrize("family", WRITERS)
def test_a_row_without_an_answer_has_no_loss(family):
    task, tokenizer = writing("text_generation", family)
    batch = batch_of(task, tokenizer, [Row({"prompt": "the report"})])
    assert not len(task.targets(batch).labels)
    assert facts(task, model_of(family), batch).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("family", WRITERS)
def test_rendering_marks_what_the_loss_is_on(family):
    task, tokenizer = writing("text_generation", family)
    shown = task.render(ROWS[0], tokenizer, 64)
    assert shown.index("lunch") < shown.index("⟦") < shown.index("see you") < shown.index("⟧")


def test_a_chat_is_trained_on_every_answer_and_asked_for_the_last():
    task, tokenizer = writing("chat", "llama")
    tokenizer.chat_template = CHATML
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    task.suit(config_of("llama"), tokenizer)
    turns = [("user", "hi"), ("assistant", "you"), ("user", "lunch"), ("assistant", "tomorrow")]
    row = Row({"messages": [{"role": role, "content": text} for role, text in turns]})
    shown = task.render(row, tokenizer, 128)
    assert shown.count("⟦") == 2
    assert task.references_of(row) == ["tomorrow"]
    assert task.prompt_of(row) == "user: hi\nassistant: you\nuser: lunch\n"
    assert [turn["content"] for turn in task.question_of(row)["messages"]] == ["hi", "you", "lunch"]
