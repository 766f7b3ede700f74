"""Drops rows whose text is too short or too long."""

from typing import Annotated, Literal, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import RowCleaner, Tally
from luthier.data.text.fields import TEXT_FIELDS, TextField, texts_of
from luthier.data.text.scripts import words_of


@final
class KeepLength(RowCleaner):
    """Drops rows whose text is too short or too long.

    Counted is what all fields asked for say together, white space at ends of texts left out.

    Args:
        min: the least that a row may have; by default, one with no text at all goes.
        max: the most, if there is a limit.
        unit: `characters`, or `words`: between white space, and Chinese ones as jieba cuts them.
        fields: only these; else every text of a row but system messages. A row that has none of
            them stays, and is counted.

    Raises:
        UserError: `max` is less than `min`.
    """

    def __init__(
        self,
        *,
        min: Annotated[int, Field(ge=0)] = 1,
        max: Annotated[int, Field(ge=1)] | None = None,
        unit: Literal["characters", "words"] = "characters",
        fields: tuple[TextField, ...] = TEXT_FIELDS,
    ):
        if max is not None and max < min:
            raise UserError(f"keep_length.max: {max} is less than `min`, {min}. Swap them.")
        self._min, self._max = min, max
        self._unit = unit
        self._fields = fields

    def repair(self, row: Row, tally: Tally) -> Row | None:
        """The row itself; None if its length is out of bounds."""
        texts = texts_of(row, self._fields)
        if not texts:
            tally.note("without these fields")
            return row
        length = sum(map(self._length, texts))
        if length < self._min:
            tally.drop(row, "too short")
            return None
        if self._max is not None and length > self._max:
            tally.drop(row, "too long")
            return None
        return row

    def _length(self, text: str) -> int:
        return len(text.strip()) if self._unit == "characters" else len(words_of(text))
