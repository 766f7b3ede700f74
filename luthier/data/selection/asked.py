"""What a row asks and what it answers, for measures that hold one against the other."""

from collections.abc import Mapping
from typing import Any

from luthier.core.errors import UserError
from luthier.core.records import Row


def prompt_and_answer(row: Row, asker: str) -> tuple[str, str]:
    """The prompt and the answer of a row; of a conversation, the last answer and all before it.

    Raises:
        UserError: it has no answer.
    """
    if row.get("completion") is not None:
        return str(row.get("prompt", "")), str(row["completion"])
    turns = list(row.get("messages") or ())
    while turns and turns[-1].get("role") != "assistant":
        turns.pop()
    if not turns:
        raise UserError(
            f"{asker}: needs rows with an answer, such as prompt + completion or messages; row "
            f"{row.id} has none."
        )
    return "\n".join(map(_said, turns[:-1])), _said(turns[-1])


def _said(turn: Mapping[str, Any]) -> str:
    content = turn.get("content")
    return content if isinstance(content, str) else ""
