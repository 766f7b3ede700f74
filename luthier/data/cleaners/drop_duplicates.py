"""Drops rows that say exactly what an earlier row says."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, final

from luthier.core.records import Row, row_id
from luthier.data.cleaner import Cleaner, Tally
from luthier.data.duplicates.first_rows import FirstRows
from luthier.data.duplicates.shingles import CONTENT
from luthier.data.format import FIELDS


@final
class DropDuplicates(Cleaner):
    """Drops rows that say exactly what an earlier row says.

    Compared are all canonical fields, other columns are not. A text that comes again with another
    label is no duplicate but a contradiction: both rows stay, and the report tells of them.

    Args:
        ignore_case_and_space: whether texts that differ in nothing else count as equal.
    """

    def __init__(self, *, ignore_case_and_space: bool = False):
        self._ignores = ignore_case_and_space

    def clean(self, rows: Iterable[Row], tally: Tally, scratch: Path) -> Iterator[Row]:
        """Yield the first row of each kind as soon as it comes; some 20 bytes a row are held."""
        with closing(FirstRows(scratch)) as firsts:
            for row in rows:
                tally.rows_in += 1
                first = firsts.first(self._key(row), row.id)
                if first is None:
                    yield row
                else:
                    tally.drop(row, "duplicate", because_of=first)

    def _key(self, row: Row) -> str:
        compared = {name: value for name, value in row.fields.items() if name in FIELDS}
        if self._ignores:
            compared |= {name: _plain(row[name]) for name in CONTENT if name in compared}
        return row.id if compared == row.fields else row_id(compared)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value
