"""What shape rows have: the contract of `formats/`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

FIELDS = (
    *("text", "text_pair", "label", "tokens", "tags", "messages", "tools", "prompt", "completion"),
    *("chosen", "rejected", "context", "question", "answers", "anchor", "positive", "negative"),
    *("score", "tests", "entry_point"),
)
"""All canonical fields."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """A shape that was recognised in some rows.

    Attributes:
        columns: canonical field -> the column it is read from.
        rank: how specific the shape is; of several that fit, the highest wins.
        remark: what else it could have been, as a sentence; else empty.
    """

    columns: Mapping[str, str]
    rank: int = 0
    remark: str = ""


class Format(ABC):
    """One shape of rows, and how to read canonical fields out of it.

    Canonical fields: `text`, `text_pair`, `label` (a name, a list of names, or a number), `tokens`,
    `tags`, `messages` ([{role, content, weight?, tool_calls?}]), `tools`, `prompt`, `completion`,
    `chosen`, `rejected`, `context`, `question`, `answers` ({text: [...], answer_start: [...]}),
    `anchor`, `positive`, `negative`, `score`, `tests` (Python that is run behind a program and
    raises where it is wrong), `entry_point` (the function that `prompt` begins and `completion`
    ends; without it `completion` is the whole program).

    Attributes:
        title: how a sentence calls the shape: `text + label`.
    """

    title: ClassVar[str]

    @abstractmethod
    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """Say whether the sample (at most 100 rows) has this shape, judging names and types."""

    @abstractmethod
    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """The canonical fields of one row.

        Raises:
            ValueError: a needed value is missing or of the wrong kind; the caller adds the place.
        """
