"""Which reader a file is read with: by the ending of its name, else by a look into it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from luthier.core.errors import UserError
from luthier.core.registry import Choice, Menu
from luthier.data.parsing.dialect import has_header, records, sniff_delimiter
from luthier.data.parsing.raw_file import RawFile
from luthier.data.parsing.strict_json import parse
from luthier.data.reader import Reader

READERS = Menu("luthier.data.readers")
TABLES = frozenset({"csv", "tsv", "xlsx"})
"""Readers of files that may have a header."""


@cache
def extensions() -> Mapping[str, str]:
    """Every known ending of a file name, without dot, with the name of its reader."""
    return {
        extension: name for name in READERS.names() for extension in READERS.get(name).extensions
    }


def build_reader(name: str, options: Mapping[str, Any]) -> Reader:
    """The reader of that name, with those of the options that are not None.

    Raises:
        UserError: there is no such reader, or it has no such option.
    """
    given = {key: value for key, value in options.items() if value is not None}
    foreign = sorted(given.keys() - READERS.schema(name).model_fields.keys())
    if foreign:
        raise UserError(
            f"`{foreign[0]}` can be said of csv, tsv and xlsx files, not of {name} files."
        )
    reader: Reader = READERS.build(Choice(name, given))
    return reader


def sniff(file: RawFile) -> str:
    """The name of the reader that fits what a file of unknown ending begins with.

    Raises:
        UserError: it is binary, or see `RawFile.binary`.
    """
    with file.binary() as content:
        if content.peek(4)[:4] == b"PAR1":
            return "parquet"
    lines = file.head()
    first = next((line.strip() for line in lines if not line.isspace()), "")
    if first.startswith("["):
        return "json"
    if first.startswith("{"):
        return "jsonl" if _is_object(first) else "json"
    delimiter = sniff_delimiter(lines)
    rows = records(lines, delimiter)[0]
    widths = {len(row) for row in rows}
    if len(rows) > 1 and len(widths) == 1 and widths != {1} and has_header(rows):
        return "tsv" if delimiter == "\t" else "csv"
    return "txt"


def _is_object(line: str) -> bool:
    try:
        return isinstance(parse(line), dict)
    except ValueError:
        return False
