from typing import Any

import pytest

from luthier.data.formats.preference import Preference

USER = {"role": "user", "content": "Hi"}
GOOD = {"role": "assistant", "content": "Hello!"}
BAD = {"role": "assistant", "content": "What."}
TALK = {"prompt": [USER], "chosen": [GOOD], "rejected": [BAD]}


def read(row: dict[str, Any]) -> dict[str, Any]:
    found = Preference().recognise([row])
    assert found is not None
    return Preference().read(row, found.columns)


def test_texts_stay_texts() -> None:
    row = {"prompt": "a", "chosen": "b", "rejected": "c"}
    assert read(row) == row


def test_texts_may_have_no_prompt() -> None:
    assert read({"chosen": "b", "rejected": "c"}) == {"chosen": "b", "rejected": "c"}


@pytest.mark.parametrize(
    "row",
    [
        TALK,
        {"chosen": [USER, GOOD], "rejected": [USER, BAD]},
        {"prompt": "Hi", "chosen": [USER, GOOD], "rejected": [USER, BAD]},
        {"prompt": "Hi", "chosen": [GOOD], "rejected": [BAD]},
        {"prompt": [USER], "chosen": "Hello!", "rejected": "What."},
        {"conversations": [{"from": "human", "value": "Hi"}], "chosen": GOOD, "rejected": BAD},
        {"input": {"messages": [USER]}, "preferred_output": [GOOD], "non_preferred_output": [BAD]},
        {
            "chosen": "\n\nHuman: Hi\n\nAssistant: Hello!",
            "rejected": "\n\nHuman: Hi\n\nAssistant: What.",
        },
    ],
    ids=[
        "apart",
        "whole",
        "told twice",
        "text prompt",
        "texts",
        "sharegpt",
        "openai",
        "transcript",
    ],
)
def test_every_way_to_write_a_conversation_gives_the_same_row(row: dict[str, Any]) -> None:
    assert read(row) == TALK


def test_a_system_message_before_a_prompt_that_is_told_twice_is_kept() -> None:
    system = {"role": "system", "content": "s"}
    row = {"prompt": "Hi", "chosen": [system, USER, GOOD], "rejected": [system, USER, BAD]}
    assert read(row)["prompt"] == [system, USER]


def test_tools_of_openai_are_kept() -> None:
    tools = [{"type": "function", "function": {"name": "add"}}]
    row = {
        "input": {"messages": [USER], "tools": tools},
        "preferred_output": [GOOD],
        "non_preferred_output": [BAD],
    }
    assert read(row)["tools"] == tools


def test_equal_conversations_keep_an_answer_each() -> None:
    assert read({"chosen": [USER, GOOD], "rejected": [USER, GOOD]})["rejected"] == [GOOD]


@pytest.mark.parametrize("chosen", [None, "", [], 3])
def test_a_missing_answer_is_refused(chosen: Any) -> None:
    columns = {"chosen": "chosen", "rejected": "rejected"}
    with pytest.raises(ValueError, match="`chosen` is"):
        Preference().read({"chosen": chosen, "rejected": "c"}, columns)


def test_conversations_that_share_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="share no message that could be the prompt"):
        read({"chosen": [GOOD], "rejected": [BAD]})
