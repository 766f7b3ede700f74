"""Items whose answers are known: gold.jsonl, one {"id": ..., "value": ...} a line."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from luthier.core.errors import UserError
from luthier.core.files import write_lines
from luthier.data.annotation.kind import Value
from luthier.data.parsing.faults import Faults
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.jsonl import Jsonl


def read_gold(path: Path, checked: Callable[[str, Any], Value]) -> dict[str, Value]:
    """Item -> its known answer; none where there is no file.

    Args:
        path: the file.
        checked: the id of an item and an answer from outside -> the answer as its kind writes it.

    Raises:
        UserError: a line is no answer of this kind, or of no item; all told at once.
    """
    gold: dict[str, Value] = {}
    faults = Faults("mend those lines, or take them out")
    if path.exists():
        for found in Jsonl().rows(RawFile(path)):
            try:
                id = str(found.fields.get("id"))
                gold[id] = checked(id, found.fields.get("value"))
            except UserError as error:
                faults.add(str(error).rstrip("."), found.place)
    faults.tell_if_any()
    return gold


def write_gold(path: Path, gold: Mapping[str, Value]) -> None:
    """Write the file anew, whole or not at all."""
    write_lines(
        path,
        (json.dumps({"id": id, "value": value}, ensure_ascii=False) for id, value in gold.items()),
    )
