"""What runs in a process apart: bytes of one document after another in, their texts out.

It is started as a script, without Luthier, and so imports nothing of it. On standard input come
what is wanted (8 bytes), a size (8 bytes) and the document; on standard output go a size and JSON:
`text`, or `failure` with a `detail`. Wanted is the ending of a name, or of a workbook its `cells`
or `heads`, which come as `sheet`, `row` (the number of the first) and `rows`, many times, and then
`end`. It may not reach the network, start programs or write files, and its memory is bounded.
"""

import io
import json
import os
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from itertools import count, islice
from typing import IO, Any

CELLS, HEADS = "cells", "heads"
ROWS, HEAD_ROWS = 500, 20
HEADER, SIZE = struct.Struct(">8sQ"), struct.Struct(">Q")

MEMORY = 4 * 2**30
"""Address space, in bytes."""
MAX_UNPACKED, MAX_RATIO, FREE = 2 * 2**30, 200, 16 * 2**20
"""An Office file may hold this many bytes unpacked, this many times its size, this in any case."""
MAX_MEMBERS = 50_000

_FORBIDDEN = frozenset(
    {
        *("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto"),
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"),
        *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink"),
    }
)
_OLE, _ENCRYPTED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
_PROLOGUE = 4096
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)\s]*\)")
_SLIDE = re.compile(r"^<!-- Slide number: \d+ -->$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


class Unfit(Exception):
    """A document that is not to be converted: the failure, and what more there is to say."""


def main() -> None:
    """Convert what comes, until nothing comes any more."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    _limit_memory()
    try:
        converters = _converters()
    except ImportError as error:
        _answer(target, {"failure": "missing", "detail": error.name})
        return
    sys.addaudithook(_forbid)
    _answer(target, {"failure": "", "detail": "ready"})
    while header := source.read(HEADER.size):
        kind, size = HEADER.unpack(header)
        for answer in _converted(converters, kind.rstrip(b"\0").decode(), source.read(size)):
            _answer(target, answer)


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _converters() -> dict[str, Any]:
    # Each by itself: the class `MarkItDown` knows plugins and addresses too.
    from markitdown import converters

    return {
        "pdf": converters.PdfConverter(),
        "docx": converters.DocxConverter(),
        "pptx": converters.PptxConverter(),
        "xlsx": converters.XlsxConverter(),
        "epub": converters.EpubConverter(),
    }


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    is_to_write = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if is_to_write or event in _FORBIDDEN:
        raise PermissionError(f"{event} is not for documents")


def _answer(target: IO[bytes], answer: dict[str, Any]) -> None:
    content = json.dumps(answer).encode()
    target.write(SIZE.pack(len(content)) + content)
    target.flush()


def _converted(converters: dict[str, Any], kind: str, content: bytes) -> Iterator[dict[str, Any]]:
    from markitdown import MissingDependencyException, StreamInfo

    try:
        _check(kind, content)
        if kind in (CELLS, HEADS):
            yield from _cells(content, HEAD_ROWS if kind == HEADS else None)
            return
        made = converters[kind].convert(io.BytesIO(content), StreamInfo(extension=f".{kind}"))
        yield {"text": _tidied(made.markdown)}
    except Unfit as unfit:
        yield {"failure": unfit.args[0], "detail": unfit.args[1]}
    except MissingDependencyException:
        yield {"failure": "missing", "detail": f"markitdown[{kind}]"}
    except MemoryError:
        yield {"failure": "memory", "detail": ""}
    except Exception as error:  # whatever a library finds wrong with bytes from outside
        is_encrypted = type(error).__name__ in ("PDFPasswordIncorrect", "PDFEncryptionError")
        detail = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
        detail = detail.encode("utf-8", "replace").decode()
        yield {"failure": "encrypted" if is_encrypted else "damaged", "detail": detail}


def _cells(content: bytes, most: int | None) -> Iterator[dict[str, Any]]:
    """The cells of all sheets, some rows at a time; dates as text, formulas as what they gave."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file says of its own size may be wrong
        rows = (
            [_value(cell) for cell in row]
            for row in sheet.iter_rows(max_row=most, values_only=True)
        )
        for first in count(1, ROWS):
            some = [_trimmed(row) for row in islice(rows, ROWS)]
            if some:
                yield {"sheet": sheet.title, "row": first, "rows": some}
            if len(some) < ROWS:
                break
    yield {"end": True}


def _value(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.encode("utf-8", "replace").decode()
    is_plain = cell is None or isinstance(cell, bool | int | float)
    return cell if is_plain else str(cell)


def _trimmed(row: list[Any]) -> list[Any]:
    """A row without the empty cells at its end."""
    width = next((at for at in range(len(row), 0, -1) if row[at - 1] is not None), 0)
    return row[:width]


def _check(kind: str, content: bytes) -> None:
    """Look at a document before a library does.

    Raises:
        Unfit: it is encrypted, of another kind than its name says, or made to do harm.
    """
    if content.startswith(_OLE):
        raise Unfit("encrypted" if _ENCRYPTED in content else "old", "")
    if kind == "pdf":
        if b"%PDF-" not in content[:1024]:
            raise Unfit("damaged", "it does not begin like a PDF")
        return
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = package.infolist()
        most = min(MAX_UNPACKED, max(FREE, MAX_RATIO * len(content)))
        if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > most:
            raise Unfit("bomb", "")
        if kind != "epub":  # whose pages are HTML, with a document type
            for member in members:
                _refuse_entities(package, member)


def _refuse_entities(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    # Office files have no use for them; entities within entities grow to any size.
    if member.filename.endswith((".xml", ".rels")):
        with package.open(member) as content:
            start = content.read(_PROLOGUE)
        if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
            raise Unfit("bomb", f"{member.filename} declares entities")


def _tidied(markdown: str) -> str:
    """The text without page marks and names of images; what they show in words stays."""
    text = _SLIDE.sub("", _IMAGE.sub(r"\1", markdown.replace("\f", "\n\n")))
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip().encode("utf-8", "replace").decode()


if __name__ == "__main__":
    main()
