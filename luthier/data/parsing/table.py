"""Delimited text as rows: a header or numbers for names, equally many cells in every row."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from luthier.core.errors import UserError
from luthier.data.parsing.dialect import are_quotes_syntax, has_header, records, sniff_delimiter
from luthier.data.parsing.faults import Faults, shown
from luthier.data.parsing.raw_file import MAX_RECORD, RawFile
from luthier.data.source import Found


@dataclass(frozen=True, slots=True)
class Layout:
    """How one table is written.

    Attributes:
        delimiter: what stands between two cells.
        quotes: whether `"` encloses cells.
        header: whether the first row names the columns; else they are called "1", "2", "3".
        names: the columns.
    """

    delimiter: str
    quotes: bool
    header: bool
    names: tuple[str, ...]


def read_layout(
    file: RawFile,
    *,
    delimiter: str | None,
    quotes: bool | None,
    header: bool | None,
) -> Layout:
    """Judge by its first lines how a table is written, where the user has not said so.

    Raises:
        UserError: a column of the header has no name, or two have the same.
    """
    lines = file.head()
    delimiter = delimiter or sniff_delimiter(lines)
    quotes = are_quotes_syntax(lines, delimiter) if quotes is None else quotes
    if quotes:
        rows = records(lines, delimiter)[0]
    else:
        rows = [line.rstrip("\r\n").split(delimiter) for line in lines]
    rows = [row for row in rows if any(row)]
    if not rows:
        return Layout(delimiter, quotes, header=header is not False, names=())
    header = has_header(rows) if header is None else header
    names = [cell.strip() for cell in rows[0]] if header else numbered(len(rows[0]))
    refuse_bad_names(f"{file.name}:1", names, _ADVICE)
    return Layout(delimiter, quotes, header, tuple(names))


def table_rows(file: RawFile, layout: Layout) -> Iterator[Found]:
    """All rows of a table; an empty cell is None, a row of empty cells is passed over.

    Raises:
        UserError: rows have too many or too few cells (all of them are told at once), or a quote
            is not closed.
    """
    names, width = layout.names, len(layout.names)
    ragged = Faults(
        f"the first row has {width}; enclose a cell that holds the delimiter or a line break in "
        "quotes, and double the quotes inside it"
    )
    numbered = _records(file, layout)
    if layout.header:
        next(numbered, None)
    for line, cells in numbered:
        place = f"{file.name}:{line}"
        if len(cells) != width:
            ragged.add(f"{len(cells)} cell{'s' if len(cells) > 1 else ''}", place)
        elif not ragged:
            yield Found({n: c or None for n, c in zip(names, cells, strict=True)}, place)
    ragged.tell_if_any()


def no_header_remark(file: RawFile, layout: Layout) -> str:
    """Tell that the columns go by number, where nobody has said that they should."""
    if layout.header or not layout.names:
        return ""
    return (
        f"The first line of {file.name} looks like data, so its columns are called "
        f"{', '.join(layout.names)}; if it is a header, write `header: true` for that file."
    )


def numbered(count: int) -> list[str]:
    """Names for columns that have none: "1", "2", "3"."""
    return [str(number) for number in range(1, count + 1)]


_ADVICE = (
    "Give every column a name of its own in the first line; if that is data, write "
    "`header: false` for that file."
)


def refuse_bad_names(place: str, names: Sequence[str], advice: str) -> None:
    """Check the names in a header.

    Args:
        place: where it stands, for the message.
        names: one for each column.
        advice: what to do about bad names, as a sentence.

    Raises:
        UserError: a column has no name, two have the same, or one is no text.
    """
    nameless = [str(number) for number, name in enumerate(names, 1) if not name]
    if nameless:
        which = f"column{'s' if len(nameless) > 1 else ''} {', '.join(nameless)}"
        raise UserError(f"{place}: the header has no name for {which}. {advice}")
    twice = [shown(name) for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UserError(f"{place}: the header names `{'`, `'.join(twice)}` twice. {advice}")
    if any(shown(name) != name for name in names):
        raise UserError(f"{place}: the header is not UTF-8 text. Save the file as UTF-8.")


def _records(file: RawFile, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank, with the number of the line it begins on."""
    csv.field_size_limit(MAX_RECORD)
    lines = file.lines(newline="")
    reader = csv.reader(
        lines,
        delimiter=layout.delimiter,
        quoting=csv.QUOTE_MINIMAL if layout.quotes else csv.QUOTE_NONE,
        strict=True,
    )
    line = 1
    try:
        for cells in reader:
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        what = "a quote that opens here is never closed" if _is_open(error) else str(error)
        raise UserError(
            f"{file.name}:{line}: {what}. Double the quotes inside a quoted cell, or write "
            "`quotes: false` for that file if quotes are just characters in it."
        ) from None


def _is_open(error: csv.Error) -> bool:
    return "end of data" in str(error) or "field limit" in str(error)
