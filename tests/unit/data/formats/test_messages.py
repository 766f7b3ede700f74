from typing import Any

import pytest

from luthier.data.formats.messages import Messages

TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "2 + 2?"},
    {"role": "assistant", "content": "5", "weight": 0},
    {"role": "assistant", "content": "4", "weight": 1},
]
TOOLS = [{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}]


def read(row: dict[str, Any]) -> dict[str, Any]:
    found = Messages().recognise([row])
    assert found is not None
    return Messages().read(row, found.columns)


def test_openai_fine_tuning_lines_are_read_with_weights_and_tools() -> None:
    row = {"messages": TALK, "tools": TOOLS, "parallel_tool_calls": False}
    assert read(row) == {"messages": TALK, "tools": TOOLS}


@pytest.mark.parametrize("tools", [None, []])
def test_a_row_without_tools_has_none(tools: Any) -> None:
    assert read({"messages": TALK, "tools": tools}) == {"messages": TALK}


def test_messages_as_json_text_in_a_table_are_recognised() -> None:
    row = {"messages": '[{"role": "user", "content": "Hi"}]'}
    assert read(row) == {"messages": [{"role": "user", "content": "Hi"}]}


def test_a_text_called_messages_is_not_recognised() -> None:
    assert Messages().recognise([{"messages": "Hi"}, {"messages": "[broken"}]) is None
