import json
from typing import Any

from luthier.data.formats.sharegpt import Sharegpt


def read(row: dict[str, Any]) -> dict[str, Any]:
    found = Sharegpt().recognise([row])
    assert found is not None
    return Sharegpt().read(row, found.columns)


def test_human_and_gpt_become_user_and_assistant() -> None:
    row = {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Yo"}]}
    assert read(row) == {
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yo"}]
    }


def test_system_and_tools_columns_are_read() -> None:
    row = {
        "conversations": [{"from": "human", "value": "Hi"}],
        "system": "Be brief.",
        "tools": json.dumps([{"name": "add"}]),
    }
    made = read(row)
    assert made["messages"][0] == {"role": "system", "content": "Be brief."}
    assert made["tools"] == [{"type": "function", "function": {"name": "add"}}]


def test_calls_and_observations_become_tool_messages() -> None:
    row = {
        "conversations": [
            {"from": "human", "value": "1 + 1?"},
            {"from": "function_call", "value": '{"name": "add", "arguments": {"a": 1}}'},
            {"from": "observation", "value": "2"},
            {"from": "gpt", "value": "2."},
        ]
    }
    roles = [message["role"] for message in read(row)["messages"]]
    assert roles == ["user", "assistant", "tool", "assistant"]
