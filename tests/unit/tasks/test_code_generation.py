"""Programs that a model writes: what it is taught, and what its programs are run with."""

from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
from transformers import PreTrainedTokenizerFast

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.core.sandbox import Sandbox
from luthier.scoring.answers import TextAnswers
from luthier.scoring.metrics.pass_at_k import PassAtK
from luthier.scoring.written_program import written_program
from luthier.tasks.library.code_generation import CodeGeneration
from luthier.tasks.task import Asked
from tests.tiny import config_of, make_model, make_tokenizer, tokenizer_of
from tests.unit.tasks.tiny_tasks import TinyTask

HEAD = 'def double(x):\n    """2x"""\n'
HUMAN_EVAL = Row(
    {
        "prompt": HEAD,
        "completion": "    return 2 * x\n",
        "tests": "def check(f):\n    assert f(2) == 4\n\ncheck(double)\n",
        "entry_point": "double",
    }
)
MBPP = Row(
    {
        "prompt": "Write double.",
        "completion": "def double(x):\n    return x + x\n",
        "tests": "assert double(2) == 4\nassert double(-1) == -2",
    }
)
ROWS = [HUMAN_EVAL, MBPP]
ASKED = [Row({"prompt": row["prompt"]}) for row in ROWS]


def coding(family: str = "gpt2", **options: Any) -> TinyTask:
    """A task that has looked for no sandbox yet, as when a tuned model is asked."""
    task = MENUS["task"].build({"code_generation": {"max_new_tokens": 24, **options}})
    tokenizer = tokenizer_of(family)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    model = make_model(family, task.suit(config_of(family), tokenizer))
    return TinyTask(task, tokenizer, model)


def judged(written: list[list[str]], rows: list[Row] = ROWS, **options: Any) -> TextAnswers:
    """The answers of a model that writes this."""
    tiny = coding(**options)
    encoded = tiny.encode(rows)
    answers = tiny.task.answers(np.zeros((len(rows), 3)), written, encoded, iter(rows))
    assert isinstance(answers, TextAnswers)
    return answers


@pytest.fixture
def no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("family", ["gpt2", "qwen2"])  # the second chats
def test_what_a_model_is_taught_passes_the_tests(family: str, row: Row, sandbox: Sandbox) -> None:
    (taught,) = coding(family).task.references_of(row)
    program = written_program(row["prompt"], taught, row.get("entry_point"))
    assert sandbox.run(program, row["tests"], seconds=60).passed


def test_the_white_space_between_prompt_and_solution_is_the_models_to_write(
    sandbox: Sandbox,
) -> None:
    tiny = coding()
    asked, taught = tiny.task.render(HUMAN_EVAL, tiny.tokenizer, 64).split("⟦")
    assert asked == HEAD.rstrip()
    assert taught.startswith("\n    return 2 * x\n")


def test_a_model_that_chats_is_taught_the_whole_program_in_a_block(sandbox: Sandbox) -> None:
    tiny = coding("qwen2")
    assert tiny.task.references_of(HUMAN_EVAL) == [f"```python\n{HEAD}    return 2 * x\n```"]
    assert "assistant\n⟦```python\n" in tiny.task.render(HUMAN_EVAL, tiny.tokenizer, 64)


def test_a_solution_that_is_a_block_already_stays_as_it_is() -> None:
    answer = "So:\n```python\ndef double(x): return 2 * x\n```"
    row = Row({**MBPP.fields, "completion": answer})
    assert coding("qwen2").task.references_of(row) == [answer]


def test_neither_tests_nor_solution_are_in_what_is_asked() -> None:
    assert coding().task.asked == [["prompt"]]


def test_programs_are_run_with_their_tests(sandbox: Sandbox) -> None:
    right, wrong = "\n    return 2 * x", "\n    return x"
    fenced = "```python\ndef double(x):\n    return 2 * x\n```"
    answers = judged([[right, wrong, fenced], ["double = 1", wrong, fenced]], k=[1, 3], seconds=60)
    assert answers.numbers["samples"].tolist() == [3, 3]
    assert answers.numbers["passed"].tolist() == [2, 1]
    assert answers.predictions == [right, "double = 1"]


def test_a_program_that_does_not_end_fails(sandbox: Sandbox) -> None:
    answers = judged([["\n    while True: pass"]], [HUMAN_EVAL], seconds=1)
    assert answers.numbers["passed"].tolist() == [0]


def test_a_program_that_takes_too_much_memory_fails(sandbox: Sandbox) -> None:
    greedy = [["\n    return len(bytes(200 * 2**20)) // 100 // 2**20 * x"]]
    for memory_mb, passed in ((100, 0), (1000, 1)):
        answers = judged(greedy, [HUMAN_EVAL], seconds=60, memory_mb=memory_mb)
        assert answers.numbers["passed"].tolist() == [passed]


def test_what_is_asked_without_tests_is_run_nowhere(no_sandbox: None) -> None:
    answers = judged([["raise SystemExit"], ["b"]], ASKED)
    assert np.isnan(PassAtK().value(answers))
    assert answers.answer(0) == {"prediction": "raise SystemExit", "score": None}


def test_rows_with_tests_are_refused_before_anything_is_written_where_there_is_no_sandbox(
    no_sandbox: None,
) -> None:
    with pytest.raises(UserError, match="apt-get install bubblewrap"):
        coding().encode(ROWS)


def test_training_is_refused_before_the_model_is_loaded_where_there_is_no_sandbox(
    no_sandbox: None,
) -> None:
    with pytest.raises(UserError, match="apt-get install bubblewrap"):
        MENUS["task"].build("code_generation").learn(ROWS)


def test_a_solution_without_tests_is_refused_with_its_row(no_sandbox: None) -> None:
    row = Row({"prompt": "Write double.", "completion": "double = 2"})
    with pytest.raises(UserError, match=f"1 of 2 rows have a solution but no .* {row.id[:8]}"):
        coding().encode([*ASKED[:1], row])


@pytest.mark.parametrize("family", ["gpt2", "llama", "bart"])
def test_as_many_programs_are_written_as_are_asked_for(family: str) -> None:
    tiny = coding(family, k=[1, 2], num_samples=3, max_new_tokens=8)
    written = replies(tiny, ASKED)
    assert [len(samples) for samples in written] == [3, 3]
    assert len(set(written[0])) > 1


def replies(tiny: TinyTask, rows: list[Row]) -> Any:
    asked = Asked(tiny.model, tiny.tokenizer, 64, nullcontext, 0)
    return tiny.task.reply(asked, tiny.encode(rows))


@pytest.mark.parametrize("family", ["gpt2", "qwen2"])
def test_a_model_that_has_learnt_its_programs_passes(family: str, sandbox: Sandbox) -> None:
    row = Row({"prompt": "def f():\n", "completion": " return 1", "tests": "assert f() == 1"})
    row = Row({**row.fields, "entry_point": "f"})
    tiny = coding(family, seconds=60, max_new_tokens=32)
    assert PassAtK().value(tiny.answers([row])) == 0
    tiny.train([row], steps=60)
    assert PassAtK().value(tiny.answers([row])) == 1


@pytest.mark.parametrize(
    ("options", "temperature", "samples"),
    [
        ({}, 0, 1),
        ({"k": 5}, 0.8, 5),
        ({"k": [1, 5], "num_samples": 20}, 0.8, 20),
        ({"num_samples": 2, "temperature": 0.2}, 0.2, 2),
    ],
)
def test_several_programs_are_drawn_one_is_the_likeliest(
    options: dict[str, Any], temperature: float, samples: int
) -> None:
    task = MENUS["task"].build({"code_generation": options})
    assert task._decoding.temperature == temperature
    assert task._decoding.num_samples == samples


def test_the_metrics_are_pass_at_each_k_and_the_smallest_decides() -> None:
    task = MENUS["task"].build({"code_generation": {"k": [10, 1, 10]}})
    names = [metric.name() for metric in task.metrics()]
    assert names == ["pass_at_1", "pass_at_10", "perplexity", "token_accuracy"]
    assert task.primary == "pass_at_1"


def test_fewer_programs_than_k_are_refused() -> None:
    with pytest.raises(UserError, match="5 programs a row tell nothing of pass@10"):
        CodeGeneration(k=(1, 10), num_samples=5)


def test_a_tokenizer_that_loses_line_breaks_is_refused() -> None:
    with pytest.raises(UserError, match="t5 model loses line breaks"):
        CodeGeneration().suit(config_of("t5"), make_tokenizer())


@pytest.mark.parametrize("family", ["gpt2", "llama", "qwen2", "bart"])
def test_a_tokenizer_of_bytes_keeps_them(family: str) -> None:
    tokenizer: PreTrainedTokenizerFast = tokenizer_of(family)
    assert CodeGeneration().suit(config_of(family), tokenizer).startswith("AutoModelFor")
