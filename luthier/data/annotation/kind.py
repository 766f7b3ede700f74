"""What people are asked about a row: the contract of `kinds/`."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any, ClassVar, Literal

from luthier.core.records import Fields, Row

Value = dict[str, Any]
"""One answer as JSON, in the one way its kind writes it: equal answers are equal values."""

Level = Literal["nominal", "ordinal", "interval", "sets", "parts", "words"]
"""What the difference of two answers means, as Krippendorff's alpha asks (2004, ch. 11).

`sets` are of labels; `parts` are single findings in a text, of which there could be any number, so
that nobody can say what chance alone would find; `words` are equal or not.
"""


class Kind(ABC):
    """One kind of question, with its options (such as the labels to choose from).

    Attributes:
        name: its name in the menu.
        title: how a sentence calls what is asked for: `one label`.
        hides: fields of a row that hold the answer already; people never see them.
        level: what the difference of two answers means.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    hides: ClassVar[tuple[str, ...]]
    level: ClassVar[Level] = "nominal"

    @property
    @abstractmethod
    def labels(self) -> Sequence[str]:
        """What there is to choose from, in the order of their keys 1, 2, 3 ...; may be empty."""

    def refuse(self, fields: Fields) -> str:
        """Why this kind of question cannot be asked about such a row; empty if it can."""
        return "" if self.show(fields) else "there is nothing in it to read"

    def show(self, fields: Fields) -> dict[str, Any]:
        """What people see of a row: its fields by canonical name, without the answer.

        Texts (`text`, `text_pair`, `prompt`, `context`, `question`, `A`, `B`) are strings; where
        a conversation stands instead (`messages`, `prompt`, `A`, `B`) it is a list of
        {role, content}. Offsets of spans count the characters of `text`.
        """
        return {
            name: value
            for name, value in fields.items()
            if value is not None and name not in self.hides
        }

    @abstractmethod
    def check(self, value: Any, fields: Fields) -> Value:
        """The answer as its kind writes it, from JSON of anybody.

        Raises:
            ValueError: it is none, in words that can be shown.
        """

    @abstractmethod
    def read(self, fields: Fields) -> Value | None:
        """The answer that a row holds already, to be suggested or compared; None if it has none."""

    @abstractmethod
    def rows(self, row: Row, value: Value) -> list[Row]:
        """The rows to train on: the row with the answer in its canonical fields.

        Mostly one; none where the answer says that nothing can be learnt (a tie); one for each
        relation. Each is derived from the row it was made from.
        """

    @abstractmethod
    def unit(self, value: Value) -> Hashable:
        """What of an answer has to be equal for two people to agree."""

    def parts(self, value: Value) -> frozenset[Hashable]:
        """The single decisions in an answer (a label, a span), to count agreement one by one."""
        return frozenset([self.unit(value)])

    def labels_in(self, value: Value) -> list[str]:
        """The labels an answer uses, each as often as it does."""
        return []

    def distance(self, first: Value, second: Value) -> float:
        """How far two answers are apart, 0 (equal) to 1: 1 - F1 of their parts."""
        a, b = self.parts(first), self.parts(second)
        return 1 - 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0


class Compound(Kind):
    """A kind whose answers are sets of single decisions that people can share in part."""

    @abstractmethod
    def whole(self, parts: Sequence[Hashable]) -> Value:
        """The answer of these parts, the surest first; one that does not fit those is left out."""
