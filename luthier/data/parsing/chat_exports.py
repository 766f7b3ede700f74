"""Conversations as people export them from their accounts with ChatGPT and Claude.

What is no part of the talk, as its reader sees it, is left out: hidden messages, calls of tools
and what they gave, thoughts, images and files. So are conversations without an answer.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_ROLES = {"user": "user", "human": "user", "assistant": "assistant"}
_SAID = ("text", "multimodal_text")

LEFT_OUT = (
    "Of the exported conversations only what was said is read: tools, images, files, hidden "
    "messages and other branches are left out, and so are conversations without an answer."
)
"""What to tell whoever reads an export."""


def is_export(value: Any) -> bool:
    """Whether an object is a conversation exported from ChatGPT or Claude."""
    if not isinstance(value, Mapping):
        return False
    is_chatgpt = isinstance(value.get("mapping"), Mapping) and "current_node" in value
    return is_chatgpt or (isinstance(value.get("chat_messages"), list) and "uuid" in value)


def conversations_in(export: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A row of `messages`, `title` and `date`; none if the conversation has no answer.

    Of ChatGPT's tree of messages the branch is taken that was shown last: from `current_node` up
    to the root. Messages of one role that follow each other become one.
    """
    said = _chatgpt(export) if "mapping" in export else _claude(export)
    messages: list[dict[str, str]] = []
    for role, text in said:
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += f"\n\n{text}"
        else:
            messages.append({"role": role, "content": text})
    if any(message["role"] == "assistant" for message in messages):
        title, date = export.get("title", export.get("name")), export.get("created_at")
        date = export.get("create_time", date)
        yield {"messages": messages, "title": title, "date": None if date is None else str(date)}


def _chatgpt(export: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tree, branch = export["mapping"], dict[str, Any]()
    name = export["current_node"]
    # A parent that was met before would lead in circles.
    while isinstance(name, str) and name not in branch and isinstance(tree.get(name), Mapping):
        branch[name] = tree[name].get("message")
        name = tree[name].get("parent")
    for message in reversed(branch.values()):
        content = _mapping(message, "content")
        role = _ROLES.get(str(_mapping(message, "author").get("role")))
        is_hidden = _mapping(message, "metadata").get("is_visually_hidden_from_conversation")
        is_to_all = isinstance(message, Mapping) and message.get("recipient", "all") == "all"
        if role and is_to_all and not is_hidden and content.get("content_type") in _SAID:
            parts = content.get("parts")
            yield from _if_any(role, parts if isinstance(parts, list) else [])


def _claude(export: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for message in export["chat_messages"]:
        if isinstance(message, Mapping) and (role := _ROLES.get(str(message.get("sender")))):
            blocks = message.get("content")
            texts = [
                block.get("text")
                for block in (blocks if isinstance(blocks, list) else ())
                if isinstance(block, Mapping) and block.get("type") == "text"
            ]
            yield from _if_any(role, texts or [message.get("text")])


def _mapping(value: Any, key: str) -> Mapping[str, Any]:
    inner = value.get(key) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def _if_any(role: str, texts: list[Any]) -> Iterator[tuple[str, str]]:
    text = "\n\n".join(text.strip() for text in texts if isinstance(text, str) and text.strip())
    if text:
        yield role, text
