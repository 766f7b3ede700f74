import json
from typing import Any

import pytest

from luthier.data.parsing.chat_messages import messages_of, tools_of

CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}


def one(message: Any) -> dict[str, Any]:
    return messages_of({"messages": [message]}, "messages")[0]


@pytest.mark.parametrize(
    ("written", "role"),
    [("user", "user"), ("human", "user"), ("gpt", "assistant"), ("developer", "system")],
)
def test_roles_have_one_name_each(written: str, role: str) -> None:
    assert one({"role": written, "content": "a"}) == {"role": role, "content": "a"}


def test_weight_and_tool_calls_are_kept() -> None:
    message = {"role": "assistant", "content": None, "weight": 0, "tool_calls": [CALL]}
    assert one(message) == {"role": "assistant", "content": "", "tool_calls": [CALL], "weight": 0}


def test_the_id_that_a_tool_answers_is_kept() -> None:
    message = {"role": "tool", "content": "2", "tool_call_id": "c1"}
    assert one(message) == message


def test_arguments_of_a_tool_call_are_json_text() -> None:
    call = {"function": {"name": "add", "arguments": {"文": 1}}}
    made = one({"role": "assistant", "content": "", "tool_calls": [call]})["tool_calls"][0]
    assert json.loads(made["function"]["arguments"]) == {"文": 1}


def test_a_sharegpt_function_call_becomes_a_tool_call() -> None:
    value = '{"name": "add", "arguments": {"a": 1}}'
    made = one({"from": "function_call", "value": value})
    assert made["role"] == "assistant"
    assert made["content"] == ""
    assert made["tool_calls"][0]["function"] == {"name": "add", "arguments": '{"a": 1}'}


def test_parts_of_text_are_joined() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert one({"role": "user", "content": parts})["content"] == "ab"


def test_messages_may_be_json_text() -> None:
    written = '[{"role": "user", "content": "a"}]'
    assert messages_of({"m": written}, "m") == [{"role": "user", "content": "a"}]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "has no messages"),
        (3, "a number instead of a list of messages"),
        ("no json", "text that is no JSON"),
        (["a"], "holds text instead of a message"),
        ([{"role": "narrator", "content": "a"}], "whose role is none of"),
        ([{"role": ["user"], "content": "a"}], "whose role is none of"),
        ([{"role": "user", "content": 3}], "a number instead of text"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "images"),
        ([{"role": "assistant"}], "without content"),
        ([{"role": "assistant", "content": "a", "weight": 2}], "weight is not between"),
        ([{"role": "assistant", "tool_calls": [{"id": "x"}]}], "without the name of a function"),
        ([{"role": "assistant", "function_call": {"name": "a"}}], "`tool_calls` replaced"),
    ],
)
def test_what_is_no_conversation_is_refused(value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        messages_of({"messages": value}, "messages")


def test_tools_may_be_json_text_or_bare_functions() -> None:
    tool = {"type": "function", "function": {"name": "add"}}
    assert tools_of({"tools": '[{"name": "add"}]'}, "tools") == [tool]
    assert tools_of({"tools": [tool]}, "tools") == [tool]


@pytest.mark.parametrize("value", [None, "", []])
def test_no_tools_are_no_tools(value: Any) -> None:
    assert tools_of({"tools": value}, "tools") == []


def test_what_is_no_list_of_tools_is_refused() -> None:
    with pytest.raises(ValueError, match="no list of tools"):
        tools_of({"tools": ["add"]}, "tools")
