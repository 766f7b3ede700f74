"""Conversations as OpenAI, ShareGPT and others write them, read as one kind of messages."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from luthier.data.parsing.strict_json import parse
from luthier.data.parsing.values import kind

Message = dict[str, Any]

ROLES = MappingProxyType(
    {
        "system": "system",
        "developer": "system",
        "user": "user",
        "human": "user",
        "assistant": "assistant",
        "gpt": "assistant",
        "chatgpt": "assistant",
        "model": "assistant",
        "bot": "assistant",
        "function_call": "assistant",
        "tool": "tool",
        "function": "tool",
        "observation": "tool",
    }
)
"""Every known name of a role -> the role."""
KEPT = ("name", "tool_call_id", "reasoning_content")


def messages_of(fields: Mapping[str, Any], column: str) -> list[Message]:
    """The conversation in a column; JSON text is parsed first.

    Returns:
        Messages of `role` (system, user, assistant, tool), `content` (text), and where given
        `weight`, `tool_calls`, `name`, `tool_call_id`, `reasoning_content`.

    Raises:
        ValueError: it is no list of messages, or a message is not understood.
    """
    value = fields.get(column)
    if isinstance(value, str):
        value = _parsed(value, column)
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, list):
        raise ValueError(f"`{column}` is {kind(value)} instead of a list of messages")
    if not value:
        raise ValueError(f"`{column}` has no messages")
    return [_message(item, column) for item in value]


def tools_of(fields: Mapping[str, Any], column: str) -> list[dict[str, Any]]:
    """The tools a conversation may call, as OpenAI writes them; JSON text is parsed first.

    Raises:
        ValueError: it is no list of objects.
    """
    value = fields.get(column)
    if isinstance(value, str) and value.strip():
        value = _parsed(value, column)
    if not value:
        return []
    if not isinstance(value, list) or not all(isinstance(tool, Mapping) for tool in value):
        raise ValueError(f"`{column}` is no list of tools")
    return [
        dict(tool) if "function" in tool else {"type": "function", "function": dict(tool)}
        for tool in value
    ]


def looks_like_messages(value: Any, *keys: str) -> bool:
    """Whether a value is a list of objects with these keys (one object too), maybe as JSON."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = parse(value)
        except ValueError:
            return False
    if isinstance(value, Mapping):
        value = [value]
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[0], Mapping)
        and all(key in value[0] for key in keys)
    )


def _parsed(text: str, column: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        raise ValueError(f"`{column}` is text that is no JSON") from None


def _message(item: Any, column: str) -> Message:
    if not isinstance(item, Mapping):
        raise ValueError(f"`{column}` holds {kind(item)} instead of a message")
    written = item.get("role", item.get("from"))
    role = ROLES.get(written) if isinstance(written, str) else None
    if role is None:
        raise ValueError(f"`{column}` has a message whose role is none of {', '.join(ROLES)}")
    if item.get("function_call"):
        raise ValueError(f"`{column}` uses `function_call`, which `tool_calls` replaced")
    content = _content(item.get("content", item.get("value")), column)
    message: Message = {"role": role, "content": content}
    if written == "function_call":
        message |= {"content": "", "tool_calls": _calls(_parsed(content, column), column)}
    elif item.get("tool_calls"):
        message["tool_calls"] = _calls(item["tool_calls"], column)
    elif role == "assistant" and item.get("content", item.get("value")) is None:
        raise ValueError(f"`{column}` has an assistant message without content or `tool_calls`")
    if item.get("weight") is not None:
        message["weight"] = _weight(item["weight"], column)
    return message | {key: item[key] for key in KEPT if isinstance(item.get(key), str)}


def _content(value: Any, column: str) -> str:
    """Text; OpenAI's list of text parts is joined."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise ValueError(f"`{column}` has a message whose content is {kind(value)} instead of text")
    texts = [part.get("text") if isinstance(part, Mapping) else None for part in value]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"`{column}` has a message with images or other parts that are not text")
    return "".join(str(text) for text in texts)


def _weight(value: Any, column: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"`{column}` has a message whose weight is not between 0 and 1")
    return value


def _calls(value: Any, column: str) -> list[dict[str, Any]]:
    """OpenAI's tool calls: `arguments` is JSON text, whatever the source made of it."""
    calls = []
    for call in value if isinstance(value, list) else [value]:
        function = call.get("function", call) if isinstance(call, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
            raise ValueError(f"`{column}` has a tool call without the name of a function")
        arguments = function.get("arguments", "{}")
        if not isinstance(arguments, str):
            arguments = json.dumps(arguments, ensure_ascii=False)
        made = {"type": "function", "function": {"name": function["name"], "arguments": arguments}}
        if isinstance(call.get("id"), str):
            made = {"id": call["id"], **made}
        calls.append(made)
    return calls
