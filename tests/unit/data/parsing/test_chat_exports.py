import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.open import open_source, read_rows
from luthier.data.parsing.chat_exports import conversations_in, is_export

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=9,
)


def node(parent: str | None, role: str, *parts: Any, **more: Any) -> dict[str, Any]:
    kind = more.pop("content_type", "text")
    content = {"content_type": kind, "parts": list(parts)}
    return {
        "parent": parent,
        "children": [],
        "message": {"author": {"role": role}, "content": content, "recipient": "all", **more},
    }


def chatgpt(**nodes: dict[str, Any]) -> dict[str, Any]:
    mapping = {"root": {"parent": None, "message": None, "children": []}, **nodes}
    return {
        "title": "T",
        "create_time": 1.5,
        "mapping": mapping,
        "current_node": list(mapping)[-1],
    }


TALK = chatgpt(
    a=node("root", "system", ""),
    b=node("a", "user", "Draw", content_type="multimodal_text"),
    c=node("b", "assistant", "old answer"),
    d=node("b", "assistant", "call", recipient="python"),
    e=node("d", "tool", "42"),
    f=node("e", "assistant", "thinking", content_type="thoughts"),
    g=node("f", "assistant", "One,"),
    h=node("g", "assistant", "two."),
    i=node("h", "user", "seen", metadata={"is_visually_hidden_from_conversation": True}),
)
CLAUDE = {
    "uuid": "1",
    "name": "N",
    "created_at": "2026-01-05",
    "chat_messages": [
        {"sender": "human", "text": "Hi", "content": []},
        {
            "sender": "assistant",
            "text": "both",
            "content": [{"type": "thinking", "thinking": "x"}, {"type": "text", "text": "Hello"}],
        },
    ],
}


def test_of_a_tree_the_branch_is_read_that_was_shown_last() -> None:
    assert list(conversations_in(TALK)) == [
        {
            "messages": [
                {"role": "user", "content": "Draw"},
                {"role": "assistant", "content": "One,\n\ntwo."},
            ],
            "title": "T",
            "date": "1.5",
        }
    ]


def test_claudes_messages_are_read_in_their_order() -> None:
    (row,) = conversations_in(CLAUDE)
    assert row["messages"] == [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
    ]
    assert row["title"] == "N"


def test_a_conversation_without_an_answer_is_left_out() -> None:
    assert list(conversations_in(chatgpt(a=node("root", "user", "Hello?")))) == []


def test_a_tree_that_leads_in_circles_ends() -> None:
    talk = chatgpt(a=node("b", "user", "a"), b=node("a", "assistant", "b"))
    (row,) = conversations_in(talk)
    assert [message["content"] for message in row["messages"]] == ["a", "b"]


def test_an_exported_file_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([TALK, chatgpt(), CLAUDE]))
    reading = read_rows([str(path)])
    assert reading.format == "messages"
    assert len(list(reading.rows())) == 2
    assert "tools, images, files, hidden messages" in " ".join(open_source(str(path)).remarks())


@pytest.mark.parametrize("value", [None, [], {}, {"mapping": {}}, {"chat_messages": []}])
def test_other_values_are_no_export(value: Any) -> None:
    assert not is_export(value)


@given(mapping=st.dictionaries(st.sampled_from("abc"), JSON), name=JSON, more=JSON)
def test_any_mapping_is_read_without_a_fault(mapping: Any, name: Any, more: Any) -> None:
    wrapped = {key: {"parent": "a", "message": value} for key, value in mapping.items()}
    for tree in (mapping, wrapped):
        list(conversations_in({"mapping": tree, "current_node": "a", "title": name}))
    list(conversations_in({"uuid": 1, "chat_messages": [more, {"sender": more, "text": name}]}))
