"""Rows with canonical fields, streamed from sources whose shape is known."""

from collections.abc import Iterator
from dataclasses import dataclass

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.parsing.faults import Faults
from luthier.data.recognise import Recognised
from luthier.data.source import Source


@dataclass(frozen=True, slots=True)
class Part:
    """One source of several, and the shape its rows have."""

    origin: str
    source: Source
    shape: Recognised


@dataclass(frozen=True, slots=True)
class Reading:
    """All rows of some sources, one after another, to be read as often as needed.

    Attributes:
        sentences: what was recognised in each source, and what had to be decided.
        format: the format of the first source.
        fields: the canonical fields that the rows have.
        parts: the sources with their shapes.
        keep: columns that the rows carry along under their own name.
    """

    sentences: list[str]
    format: str
    fields: tuple[str, ...]
    parts: tuple[Part, ...]
    keep: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Read all rows from the start, as a stream.

        Raises:
            UserError: see `rows_with_places`.
        """
        return (row for row, _ in self.rows_with_places())

    def left_out(self) -> list[str]:
        """What the sources had to leave out, known once all rows were read; a sentence each."""
        return [sentence for part in self.parts for sentence in part.source.left_out()]

    def rows_with_places(self) -> Iterator[tuple[Row, str]]:
        """Read all rows from the start, each with the place it stands at: `mails.csv:17`.

        After the first row that cannot be read no more rows are given; the others are read all
        the same, so that what is wrong with them is told at once.

        Raises:
            UserError: rows lack a label or hold the wrong kind of value, with their places; or a
                source cannot be read.
        """
        faults = Faults("fill in what is empty, mend what is wrong, or drop those rows")
        try:
            for part in self.parts:
                yield from self._rows_of(part, faults)
        except UserError as error:
            if faults:
                raise UserError(f"{faults.sentence()}\n{error}") from error
            raise
        faults.tell_if_any()

    def _rows_of(self, part: Part, faults: Faults) -> Iterator[tuple[Row, str]]:
        read, columns = part.shape.format.read, part.shape.columns
        for found in part.source.rows():
            try:
                fields = read(found.fields, columns)
            except ValueError as error:
                faults.add(str(error), found.place)
                continue
            for column in self.keep:
                fields.setdefault(column, found.fields.get(column))
            if not faults:
                yield Row(fields), found.place
