"""How another tool writes texts and the answers to them: the contract of `exchanges/`."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from luthier.core.records import Fields, Row
from luthier.data.annotation.item import Answer
from luthier.data.annotation.kind import Kind, Value
from luthier.data.parsing.raw_file import RawFile
from luthier.data.storage.columns import is_utf8

ID = "luthier_id"
"""Where a row's id is kept in the files of tools that have ids of their own."""


def json_line(value: Any) -> str:
    """A value as JSON in one line; text that was not UTF-8 is written with escapes."""
    text = json.dumps(value, ensure_ascii=False)
    return text if is_utf8(text) else json.dumps(value)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An item to be written.

    Attributes:
        row: as it was asked about.
        shown: what people saw of it.
        answers: everybody's.
        verdict: the answer that counts; None if there is none yet.
    """

    row: Row
    shown: Fields
    answers: list[Answer]
    verdict: Value | None


@dataclass(frozen=True, slots=True)
class Incoming:
    """An item that was read; nothing about its answers was checked yet.

    Attributes:
        fields: its text, by canonical names.
        answers: who said what, in the shape of the kind that was asked for.
        id: of the row it was written from; None if it does not say.
        place: where it stands.
    """

    fields: dict[str, Any]
    answers: list[tuple[str, Any]]
    id: str | None
    place: str


class Exchange(ABC):
    """One tool's files.

    Attributes:
        extension: of the files it writes.
        kinds: what it can hold.
    """

    extension: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]]

    @abstractmethod
    def write(self, items: Iterable[Outgoing], kind: Kind) -> Iterator[str]:
        """The lines of a file with all these items, as a stream.

        Raises:
            UserError: an item cannot be written so that it could be read back.
        """

    @abstractmethod
    def read(self, file: RawFile, kind: str) -> Iterator[Incoming]:
        """All items of a file, as a stream; those without any answer too.

        Args:
            file: the file.
            kind: what to read its answers as.

        Raises:
            UserError: it is not what it claims to be, with the places.
        """
