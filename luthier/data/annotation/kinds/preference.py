"""Which of two answers to a prompt is the better one."""

import json
from collections.abc import Hashable, Sequence
from hashlib import sha256
from typing import Annotated, Any, ClassVar, final

from pydantic import Field

from luthier.core.records import Fields, Row
from luthier.data.annotation.kind import Kind, Value
from luthier.data.annotation.labels import keys_of, one_of

PAIR = ("chosen", "rejected")


@final
class Preference(Kind):
    """{"preferred": "A"}, "B" or "tie".

    A and B are the row's `chosen` and `rejected`, in an order that depends on what they say alone:
    nobody sees which one was chosen before, and neither side is favoured. A tie makes no row.
    """

    name: ClassVar[str] = "preference"
    title: ClassVar[str] = "the better of two answers"
    hides: ClassVar[tuple[str, ...]] = PAIR

    def __init__(self, *, ties: Annotated[bool, Field(description="allow neither")] = True):
        self._labels = ["A", "B", "tie"] if ties else ["A", "B"]

    @property
    def labels(self) -> Sequence[str]:
        """A, B and tie."""
        return self._labels

    def refuse(self, fields: Fields) -> str:
        """There must be two answers."""
        missing = next((name for name in PAIR if not fields.get(name)), None)
        return f"it has no `{missing}`, and a preference needs two answers" if missing else ""

    def show(self, fields: Fields) -> dict[str, Any]:
        """The prompt, `A` and `B`: texts or lists of messages."""
        return {**super().show(fields), **_sides(fields)}

    def check(self, value: Any, fields: Fields) -> Value:
        """The side, if there is such a one.

        Raises:
            ValueError: there is none.
        """
        (preferred,) = keys_of(value, "preferred")
        return {"preferred": one_of(preferred, self._labels, "side")}

    def read(self, fields: Fields) -> Value | None:
        """The side on which the row's `chosen` is shown."""
        if self.refuse(fields):
            return None
        return {"preferred": "A" if _sides(fields)["A"] == fields["chosen"] else "B"}

    def rows(self, row: Row, value: Value) -> list[Row]:
        """The row with the better answer as `chosen`; none for a tie."""
        if value["preferred"] == "tie":
            return []
        sides = _sides(row.fields)
        better, worse = ("A", "B") if value["preferred"] == "A" else ("B", "A")
        return [row.derive(chosen=sides[better], rejected=sides[worse])]

    def unit(self, value: Value) -> Hashable:
        """The side."""
        side: str = value["preferred"]
        return side

    def labels_in(self, value: Value) -> list[str]:
        """The side."""
        return [value["preferred"]]


def _sides(fields: Fields) -> dict[str, Any]:
    first, second = sorted((fields[name] for name in PAIR), key=_hash)
    return {"A": first, "B": second}


def _hash(answer: Any) -> bytes:
    text = json.dumps(answer, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
