"""The rewards of a task judge what its model writes."""

import numpy as np
import pytest

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.scoring.answers import TextAnswers
from luthier.tasks.generation import Writing
from tests.unit.tasks.tiny_tasks import TinyTask, tiny_task

PAIRS = [
    Row({"prompt": "Greet.", "completion": "Good morning"}),
    Row({"prompt": "问好。", "completion": "早上好"}),
]
CHATS = [
    Row(
        {
            "messages": [
                {"role": "user", "content": row["prompt"]},
                {"role": "assistant", "content": row["completion"]},
            ]
        }
    )
    for row in PAIRS
]
REWARDS = ["exact_match", {"length": {"minimum": 1, "maximum": 2}}]
each_task = pytest.mark.parametrize(
    ("name", "family", "rows"), [("text_generation", "gpt2", PAIRS), ("chat", "qwen2", CHATS)]
)


def rewarded(name: str, family: str, rows: list[Row]) -> TinyTask:
    return tiny_task({name: {"rewards": REWARDS, "max_new_tokens": 8}}, family, rows)


@each_task
def test_an_answer_earns_the_sum_of_its_rewards(name: str, family: str, rows: list[Row]) -> None:
    tiny = rewarded(name, family, rows)
    said = ["good morning!", "早上好呀朋"]
    answers = tiny.task.answers(np.zeros((2, 3)), said, tiny.encode(rows), iter(rows))
    assert isinstance(answers, TextAnswers)
    assert answers.numbers["reward"].tolist() == [2, 0.4]
    assert answers.answer(1)["reward"] == 0.4


@each_task
def test_the_mean_reward_is_a_metric(name: str, family: str, rows: list[Row]) -> None:
    tiny = rewarded(name, family, rows)
    (metric,) = [one for one in tiny.task.metrics() if one.name() == "reward"]
    assert 0 <= metric.value(tiny.answers(rows)) <= 2


def test_during_training_nothing_is_written_and_nothing_earned() -> None:
    tiny = rewarded("text_generation", "gpt2", PAIRS)
    answers = tiny.task.answers(np.ones((2, 3)), None, tiny.encode(PAIRS), iter(PAIRS))
    assert isinstance(answers, TextAnswers)
    assert set(answers.numbers) == {"nll", "tokens", "right"}


@pytest.mark.parametrize("name", ["chat", "text_generation"])
def test_without_rewards_there_is_no_such_metric(name: str) -> None:
    task = MENUS["task"].build(name)
    assert isinstance(task, Writing)
    assert "reward" not in [metric.name() for metric in task.metrics()]


def test_the_reward_may_decide() -> None:
    task = MENUS["task"].build({"chat": {"rewards": "rouge", "metric": "reward"}})
    assert task.primary == "reward"


def test_a_reward_that_decides_has_to_be_there() -> None:
    with pytest.raises(UserError, match=r"task\.chat\.metric: no metric `reward`"):
        MENUS["task"].build({"chat": {"metric": "reward"}})


def test_what_another_has_said_earns_rewards_too() -> None:
    tiny = rewarded("text_generation", "gpt2", PAIRS)
    assert isinstance(tiny.task, Writing)
    assert tiny.task.said(["good morning", "早上"], PAIRS).numbers["reward"].tolist() == [2, 1]
