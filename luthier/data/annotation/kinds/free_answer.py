"""A text that people write: an answer to a prompt, the next turn of a chat, words of a passage."""

from collections.abc import Hashable, Sequence
from typing import Annotated, Any, ClassVar, final

from pydantic import Field

from luthier.core.records import Fields, Row
from luthier.data.annotation.kind import Kind, Level, Value
from luthier.data.annotation.labels import keys_of
from luthier.data.parsing.values import kind


@final
class FreeAnswer(Kind):
    """{"text": "..."}.

    It becomes the `completion` of a row with `prompt` (or of its `text`, which becomes the prompt),
    the assistant's last message of one with `messages`, and the `answers` of one with `context` and
    `question`, from which it must be taken word for word.
    """

    name: ClassVar[str] = "free_answer"
    title: ClassVar[str] = "an answer in words"
    hides: ClassVar[tuple[str, ...]] = ("completion", "answers", "label")
    level: ClassVar[Level] = "words"

    def __init__(
        self,
        *,
        max_length: Annotated[int, Field(ge=1, description="characters of an answer")] = 100_000,
    ):
        self.max_length = max_length

    @property
    def labels(self) -> Sequence[str]:
        """Nothing to choose from."""
        return []

    def refuse(self, fields: Fields) -> str:
        """There must be something to answer to."""
        if {"prompt", "messages", "text"} & fields.keys() or _is_question(fields):
            return ""
        return "it has no `prompt`, `messages`, `text`, nor `context` with `question`"

    def show(self, fields: Fields) -> dict[str, Any]:
        """The row without its answer; a chat without the assistant's last message."""
        shown = super().show(fields)
        if "messages" in shown:
            shown["messages"] = _without_reply(shown["messages"])
        return shown

    def check(self, value: Any, fields: Fields) -> Value:
        r"""The text, with \n for line ends.

        Raises:
            ValueError: it is empty, too long, or no part of the passage it has to be part of.
        """
        (text,) = keys_of(value, "text")
        if not isinstance(text, str):
            raise ValueError(f"the answer is {kind(text)} instead of text")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            raise ValueError("the answer is empty")
        if len(text) > self.max_length:
            raise ValueError(
                f"the answer has {len(text):,} characters, {self.max_length:,} are the most"
            )
        if _is_question(fields) and text not in fields["context"]:
            raise ValueError("the answer must stand in the passage, word for word")
        return {"text": text}

    def read(self, fields: Fields) -> Value | None:
        """The row's completion, last message of the assistant, or first answer."""
        if _is_question(fields):
            texts = (fields.get("answers") or {}).get("text") or [None]
            text = texts[0]
        elif fields.get("messages"):
            last = fields["messages"][-1]
            text = last["content"] if _is_reply(last) else None
        else:
            text = fields.get("completion")
        return {"text": text} if isinstance(text, str) and text.strip() else None

    def rows(self, row: Row, value: Value) -> list[Row]:
        """The row with this answer; the row itself if it has it already."""
        if self.read(row.fields) == value:
            return [row]
        text: str = value["text"]
        if _is_question(row.fields):
            start = row["context"].index(text)
            return [row.derive(answers={"text": [text], "answer_start": [start]})]
        if row.get("messages"):
            reply = {"role": "assistant", "content": text}
            return [row.derive(messages=[*_without_reply(row["messages"]), reply])]
        if row.get("prompt") is not None:
            return [row.derive(completion=text)]
        return [row.derive(text=None, label=None, prompt=row["text"], completion=text)]

    def unit(self, value: Value) -> Hashable:
        """The text, whatever its white space."""
        return " ".join(value["text"].split())

    def distance(self, first: Value, second: Value) -> float:
        """0 for the same text, 1 for another."""
        return float(self.unit(first) != self.unit(second))


def _is_question(fields: Fields) -> bool:
    return fields.get("context") is not None and fields.get("question") is not None


def _is_reply(message: dict[str, Any]) -> bool:
    return message["role"] == "assistant" and not message.get("tool_calls")


def _without_reply(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return messages[:-1] if messages and _is_reply(messages[-1]) else messages
