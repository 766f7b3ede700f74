"""JSON lines: one object a line; blank lines are passed over."""

from collections.abc import Iterator
from typing import final

from luthier.data.parsing.faults import Faults
from luthier.data.parsing.nested import rows_in
from luthier.data.parsing.raw_file import RawFile
from luthier.data.parsing.strict_json import mistake, parse
from luthier.data.parsing.values import kind
from luthier.data.reader import Reader
from luthier.data.source import Found


@final
class Jsonl(Reader):
    """Reads each line as an object whose keys are the columns."""

    extensions = ("jsonl", "ndjson")

    def rows(self, file: RawFile) -> Iterator[Found]:
        """Read all objects; the one on line 17 has the place `mails.jsonl:17`.

        Raises:
            UserError: lines that are no JSON, hold a key twice or are no object; all told at once.
        """
        faults = Faults("write one whole JSON object a line")
        for number, line in enumerate(file.lines(), 1):
            if line.isspace():
                continue
            place = f"{file.name}:{number}"
            try:
                rows = list(rows_in(parse(line)))
            except ValueError as error:
                faults.add(mistake(error), place)
                continue
            for fields in rows:
                if not isinstance(fields, dict):
                    faults.add(f"{kind(fields)} instead of an object", place)
                elif not faults:
                    yield Found(fields, place)
        faults.tell_if_any()
