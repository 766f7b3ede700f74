"""JSON: a list of objects, an object that holds such a list, objects in a row, or SQuAD's tree."""

from collections.abc import Iterator
from typing import Any, final

from luthier.core.errors import UserError
from luthier.data.parsing.chat_exports import LEFT_OUT, is_export
from luthier.data.parsing.faults import Faults
from luthier.data.parsing.nested import rows_in
from luthier.data.parsing.raw_file import RawFile
from luthier.data.parsing.strict_json import JsonStream
from luthier.data.parsing.values import kind
from luthier.data.reader import Reader
from luthier.data.source import Found


@final
class Json(Reader):
    """Reads a list element by element; an object that holds the list may have 64 M characters."""

    extensions = ("json",)

    def rows(self, file: RawFile) -> Iterator[Found]:
        """Read all objects; the 17th has the place `mails.json item 17`.

        Raises:
            UserError: it is no JSON (with line and column), or holds no list of objects.
        """
        faults = Faults("write a list of objects")
        number = 0
        for value in _values(file):
            try:
                for fields in rows_in(value):
                    number += 1
                    place = f"{file.name} item {number}"
                    if not isinstance(fields, dict):
                        faults.add(f"{kind(fields)} instead of an object", place)
                    elif not faults:
                        yield Found(fields, place)
            except ValueError as error:
                faults.add(str(error), f"{file.name} after item {number}")
        faults.tell_if_any()

    def remark(self, file: RawFile) -> str:
        """What is left out of exported chats."""
        return LEFT_OUT if is_export(next(_values(file), None)) else ""


def _values(file: RawFile) -> Iterator[Any]:
    with file.text() as text:
        stream = JsonStream(text, file.name)
        first = stream.peek()
        if first == "[":
            yield from stream.elements()
        elif first == "{":
            yield from _objects(stream, file.name)
        elif first:
            raise UserError(f"{file.name}: neither a list of objects nor an object. {_REMEDY}")


def _objects(stream: JsonStream, name: str) -> Iterator[Any]:
    """Objects one after another (JSON lines), or the list of objects inside a single one."""
    first = stream.value()
    if stream.peek():
        yield first
        yield from stream.values()
        return
    lists = [key for key, value in first.items() if _is_list_of_objects(value)]
    if len(lists) != 1:
        found = f"several: {', '.join(lists)}" if lists else "none"
        raise UserError(
            f"{name}: one object in which a list of objects is sought, but {found}. {_REMEDY}"
        )
    yield from first[lists[0]]


_REMEDY = "Write a list of objects, [{...}, {...}], or one object a line in a .jsonl file."


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
