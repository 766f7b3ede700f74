"""How a table was written: its delimiter, whether quotes are syntax, whether it has a header."""

import csv
from collections.abc import Sequence

from luthier.data.parsing.column_names import KNOWN, normalised

DELIMITERS = (",", ";", "\t", "|")
MAX_NAME = 80
"""Characters; a longer cell in the first line is no column's name."""


def sniff_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that cuts all of the sample into equally many columns, most of them first.

    If none does, the one that cuts the first line into most columns; a comma if nothing cuts it.
    """

    def fitness(delimiter: str) -> tuple[bool, int]:
        widths = [len(cells) for cells in records(lines, delimiter)[0]]
        width = widths[0] if widths else 0
        return width > 1 and len(set(widths)) == 1, width

    return max(DELIMITERS, key=fitness)


def are_quotes_syntax(lines: Sequence[str], delimiter: str) -> bool:
    """Whether quotes enclose cells, or are characters like any other.

    Many tab separated files hold sentences whose quotes mean nothing but themselves. Quotes are
    syntax only where there is evidence: cells hold line breaks or delimiters that they enclose,
    quotes inside quotes are doubled, or every single cell is enclosed.
    """
    plain = [line.rstrip("\r\n").split(delimiter) for line in lines if line.strip()]
    enclosed, is_clean = records(lines, delimiter)
    if not _is_even(plain) and _is_even(enclosed) and len(enclosed) > 1:
        return True
    if not (is_clean and _is_even(enclosed)):
        return False
    cells = [cell for row in plain for cell in row]
    quoted = [cell for cell in cells if len(cell) > 1 and cell[0] == cell[-1] == '"']
    return len(quoted) == len(cells) > 0 or any('""' in cell[1:-1] for cell in quoted)


def records(lines: Sequence[str], delimiter: str) -> tuple[list[list[str]], bool]:
    """The sample read with quotes as syntax, up to the first offence; whether there was none."""
    found: list[list[str]] = []
    try:
        found.extend(
            cells for cells in csv.reader(lines, delimiter=delimiter, strict=True) if cells
        )
    except csv.Error:
        return found, False
    return found, True


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns.

    It does, unless it looks like data: a cell that is a number, is a long text or ends like a
    sentence, or occurs again in its own column. A well-known name (`text`, `label`) or the numbers
    0, 1, 2 ... (or 1, 2, 3 ...) in order settle it the other way.
    """
    first, rest = rows[0], rows[1:]
    count = len(first)
    if count > 1 and list(first) in (_numbers(0, count), _numbers(1, count)):
        return True
    again = [any(cell == row[i] for row in rest if i < len(row)) for i, cell in enumerate(first)]
    pairs = list(zip(first, again, strict=True))
    if any(normalised(cell) in KNOWN and not repeated for cell, repeated in pairs):
        return True
    return not any((cell and repeated) or _is_data(cell) for cell, repeated in pairs)


def _numbers(start: int, count: int) -> list[str]:
    return [str(number) for number in range(start, start + count)]


def _is_data(cell: str) -> bool:
    if len(cell) > MAX_NAME or "\n" in cell or cell.rstrip().endswith((".", "。")):
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_even(rows: Sequence[Sequence[str]]) -> bool:
    return bool(rows) and all(len(row) == len(rows[0]) for row in rows)
