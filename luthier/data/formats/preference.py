"""`chosen` and `rejected` answers to a `prompt`: texts, messages, or OpenAI's preference lines."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.chat_messages import Message, messages_of, tools_of
from luthier.data.parsing.column_names import columns_of, find
from luthier.data.parsing.values import holds, kind, text_of

_PAIRS = (("chosen", "rejected"), ("preferred_output", "non_preferred_output"))
_PROMPTS = ("prompt", "input", "question", "query", "instruction", "conversations", "messages")
_SPEAKER = re.compile(r"\n\n(Human|Assistant):")


@final
class Preference(Format):
    """Pairs of answers of which people preferred one.

    Conversations that are given whole share their first messages: those become the prompt. So do
    transcripts of `Human:` and `Assistant:` in one text.
    """

    title = "preference pairs"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the names of the two answers."""
        columns = columns_of(sample)
        for names in _PAIRS:
            pair = find(columns, names)
            if len(pair) == 2 and all(holds(sample, name, str, list, dict) for name in pair):
                found = {"chosen": pair[0], "rejected": pair[1]}
                prompts = find(columns, _PROMPTS)
                return Recognition(found | ({"prompt": prompts[0]} if prompts else {}), rank=80)
        return None

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`chosen` and `rejected`, `prompt` if there is one, all texts or all lists of messages.

        Raises:
            ValueError: an answer is neither text nor messages, or no prompt can be found for
                conversations.
        """
        answers = [_answer(fields, columns[key]) for key in ("chosen", "rejected")]
        prompt = _prompt(fields, columns.get("prompt"))
        tools = _tools(fields, columns.get("prompt"))
        if isinstance(prompt, str | None) and all(isinstance(answer, str) for answer in answers):
            read = {"chosen": answers[0], "rejected": answers[1]}
            return read if prompt is None else {"prompt": prompt, **read}
        chosen, rejected = (_as_messages(answer, "assistant") for answer in answers)
        return _conversation(_as_messages(prompt, "user"), chosen, rejected) | tools


def _conversation(
    prompt: list[Message], chosen: list[Message], rejected: list[Message]
) -> dict[str, Any]:
    """Move the messages that both conversations begin with over to the prompt."""
    count = 0
    while count < min(len(chosen), len(rejected)) - 1 and chosen[count] == rejected[count]:
        count += 1
    shared = chosen[:count]
    length = len(prompt)
    is_repeated = shared[:length] == prompt or shared[-length:] == prompt
    prompt = shared if is_repeated else prompt + shared
    if not prompt:
        raise ValueError("the two conversations share no message that could be the prompt")
    return {"prompt": prompt, "chosen": chosen[count:], "rejected": rejected[count:]}


def _answer(fields: Mapping[str, Any], column: str) -> str | list[Message]:
    value = fields.get(column)
    if isinstance(value, str) and value:
        return _transcript(value) or value
    if isinstance(value, list | dict) and value:
        return messages_of(fields, column)
    raise ValueError(f"`{column}` is {'empty' if not value else kind(value)}")


def _prompt(fields: Mapping[str, Any], column: str | None) -> str | list[Message] | None:
    value = fields.get(column) if column else None
    if column is None or not value:
        return None
    if isinstance(value, Mapping) and "messages" in value:  # OpenAI's `input`
        return messages_of(value, "messages")
    return messages_of(fields, column) if isinstance(value, list) else text_of(fields, column)


def _tools(fields: Mapping[str, Any], column: str | None) -> dict[str, Any]:
    value = fields.get(column) if column else None
    holder = value if isinstance(value, Mapping) else fields
    tools = tools_of(holder, "tools")
    return {"tools": tools} if tools else {}


def _transcript(text: str) -> list[Message] | None:
    """The messages of a text that begins with `Human:` after two line breaks; else None."""
    before, *turns = _SPEAKER.split(text)
    if before or not turns:
        return None
    roles = {"Human": "user", "Assistant": "assistant"}
    pairs = zip(turns[::2], turns[1::2], strict=True)
    return [{"role": roles[speaker], "content": said.strip()} for speaker, said in pairs]


def _as_messages(value: str | list[Message] | None, role: str) -> list[Message]:
    if isinstance(value, str):
        return [{"role": role, "content": value}]
    return value or []
