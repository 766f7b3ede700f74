"""`messages` of `role` and `content`: OpenAI's fine-tuning lines, with `tools` and `weight`."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.chat_messages import looks_like_messages, messages_of, tools_of
from luthier.data.parsing.column_names import columns_of, find


@final
class Messages(Format):
    """Conversations whose messages name their `role`; `weight: 0` keeps one from being learnt."""

    title = "messages"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By a column of messages that have a role."""
        columns = columns_of(sample)
        for name in find(columns, ("messages", "conversation", "conversations")):
            if any(looks_like_messages(fields.get(name), "role") for fields in sample):
                tools = {"tools": "tools"} if "tools" in columns else {}
                return Recognition({"messages": name, **tools}, rank=70)
        return None

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`messages` and, where given, `tools`.

        Raises:
            ValueError: a message is not understood.
        """
        read: dict[str, Any] = {"messages": messages_of(fields, columns["messages"])}
        if "tools" in columns and (tools := tools_of(fields, columns["tools"])):
            read["tools"] = tools
        return read
