"""`instruction`, `input` and `output`, as Alpaca writes them, with `system` and `history`."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import columns_of, find
from luthier.data.parsing.values import holds, list_of, optional_text, text_of

_COLUMNS = {
    "instruction": ("instruction", "指令"),
    "input": ("input", "context", "输入"),
    "output": ("output", "response", "answer", "completion", "输出"),
    "system": ("system",),
    "history": ("history",),
}


@final
class Alpaca(Format):
    """Instructions with an optional input, read as conversations.

    The user's message is the instruction and, after a blank line, the input.
    """

    title = "Alpaca instructions"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By an instruction and an output that are text."""
        columns = columns_of(sample)
        found = {
            key: names[0] for key, known in _COLUMNS.items() if (names := find(columns, known))
        }
        for needed in ("instruction", "output"):
            if needed not in found or not holds(sample, found[needed], str):
                return None
        return Recognition(found, rank=60)

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`messages`: the system's, those of the history, the user's and the assistant's.

        Raises:
            ValueError: a column is not text, or the history is no list of pairs of texts.
        """
        messages = []
        if system := optional_text(fields, columns.get("system")):
            messages.append({"role": "system", "content": system})
        for question, answer in _history(fields, columns):
            messages += _turn(question, answer)
        instruction = text_of(fields, columns["instruction"])
        given = optional_text(fields, columns.get("input"))
        question = f"{instruction}\n\n{given}" if given else instruction
        return {"messages": messages + _turn(question, text_of(fields, columns["output"]))}


def _turn(question: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def _history(fields: Mapping[str, Any], columns: Mapping[str, str]) -> list[list[str]]:
    column = columns.get("history")
    if column is None or not fields.get(column):
        return []
    turns = list_of(fields, column)
    for turn in turns:
        is_pair = isinstance(turn, list) and len(turn) == 2
        if not is_pair or not all(isinstance(text, str) for text in turn):
            raise ValueError(f"`{column}` is no list of pairs of question and answer")
    return turns
