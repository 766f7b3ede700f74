"""`conversations` of `from` and `value`, as ShareGPT writes them, with `system` and `tools`."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.chat_messages import looks_like_messages, messages_of, tools_of
from luthier.data.parsing.column_names import columns_of, find
from luthier.data.parsing.values import optional_text


@final
class Sharegpt(Format):
    """Conversations of human, gpt, system, function_call and observation."""

    title = "ShareGPT conversations"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By a column of messages that say whom they are from."""
        columns = columns_of(sample)
        for name in find(columns, ("messages", "conversations", "conversation")):
            if any(looks_like_messages(fields.get(name), "from", "value") for fields in sample):
                extra = [key for key in ("system", "tools") if key in columns]
                return Recognition({"messages": name, **{key: key for key in extra}}, rank=65)
        return None

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`messages`, with a `system` column as the first of them, and `tools` where given.

        Raises:
            ValueError: a message is not understood.
        """
        messages = messages_of(fields, columns["messages"])
        if system := optional_text(fields, columns.get("system")):
            messages.insert(0, {"role": "system", "content": system})
        read: dict[str, Any] = {"messages": messages}
        if "tools" in columns and (tools := tools_of(fields, columns["tools"])):
            read["tools"] = tools
        return read
