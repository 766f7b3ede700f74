"""A process apart that turns documents into text, killed where one takes too long."""

import json
import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Timer
from types import MappingProxyType
from typing import Any, final

from luthier.core.errors import UserError
from luthier.core.extras import extra
from luthier.data.documents.inside_converter import CELLS, HEADER, HEADS, SIZE

SECONDS = 600.0
"""Time that one document may take."""
CONVERTED = frozenset({"pdf", "docx", "pptx", "xlsx", "epub"})
"""Endings of names of documents that are converted apart."""

_INSIDE = Path(__file__).with_name("inside_converter.py")
_REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "encrypted": ("encrypted", "save it without a password"),
        "old": ("an old Office document", "save it in a format of today, such as .docx"),
        "damaged": ("damaged", "save it anew"),
        "empty": ("without text, perhaps scanned", "run text recognition (OCR) over it first"),
        "bomb": ("unpacks to far more than it weighs", "use another file"),
        "memory": ("takes too much memory to convert", "split it"),
        "slow": ("takes too long to convert", "split it"),
        "large": ("too large to convert", "split it"),
    }
)


class Unreadable(UserError):
    """A document in which no text can be read.

    Attributes:
        reason: why, in the same words for all documents of the kind: `encrypted`.
    """

    def __init__(self, name: str, failure: str, detail: str = ""):
        self.reason, remedy = _REASONS[failure]
        more = f" ({detail})" if detail else ""
        super().__init__(f"{name}: {self.reason}{more}; {remedy}.")


@final
class Converter:
    """One process, which starts with the first document and is there for many.

    It ends with `close`, else with this object.

    Args:
        seconds: that one document may take.
    """

    def __init__(self, seconds: float = SECONDS):
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._end: Callable[[], object] = _nothing

    def convert(self, kind: str, content: bytes, name: str) -> str:
        """The text of a document, as Markdown.

        Args:
            kind: the ending of its name, one of `CONVERTED`.
            content: the document.
            name: how messages call it.

        Raises:
            Unreadable: it is encrypted, damaged, made to do harm, without text, or takes too long.
            UserError: the extra `collect` is not installed.
        """
        answer = self._answer(name, kind, content)
        if not answer["text"]:
            raise Unreadable(name, "empty")
        return str(answer["text"])

    def cells(
        self, content: bytes, name: str, *, only_heads: bool = False
    ) -> Iterator[tuple[str, int, list[Any]]]:
        """The rows of a workbook: name of the sheet, number of the row, cells up to the last.

        Cells are text, numbers, true or false, or None; rows of empty cells are passed over.

        Args:
            content: the document.
            name: how messages call it.
            only_heads: only the first rows of each sheet.

        Raises:
            Unreadable: as `convert`.
            UserError: as `convert`.
        """
        answer = self._answer(name, HEADS if only_heads else CELLS, content)
        try:
            while "end" not in answer:
                for number, row in enumerate(answer["rows"], answer["row"]):
                    if row:
                        yield answer["sheet"], number, row
                answer = self._answer(name)
        finally:
            if "end" not in answer:  # what comes now would be taken for the next answer
                self.close()

    def _answer(self, name: str, kind: str = "", content: bytes | None = None) -> dict[str, Any]:
        """The next answer; without content, to what was asked before."""
        process = self._process or self._start()
        is_late = Event()

        def stop() -> None:
            is_late.set()
            process.kill()

        timer = Timer(self._seconds, stop)
        timer.start()
        try:
            has_asked = content is None or _ask(process, kind, content)
            answer = _read_answer(process) if has_asked else None
        finally:
            timer.cancel()
            timer.join()
        if is_late.is_set() or answer is None:
            self.close()
            if is_late.is_set():
                raise Unreadable(name, "slow")
            raise Unreadable(name, "damaged", "it brings the converter down")
        _refuse_missing(answer)
        if "failure" in answer:
            raise Unreadable(name, answer["failure"], answer["detail"])
        return answer

    def close(self) -> None:
        """End the process, whatever it is doing; the next document starts another."""
        self._process = None
        self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        with extra("collect", "Reading documents"):
            if find_spec("markitdown") is None:
                raise ModuleNotFoundError(name="markitdown")
        self._process = process = subprocess.Popen(
            [sys.executable, "-P", "-B", "-W", "ignore", str(_INSIDE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        self._end = weakref.finalize(self, _end, process)
        answer = _read_answer(process)
        assert answer is not None, "the converter does not start"
        _refuse_missing(answer)
        return process


def _nothing() -> None:
    """There is no process to end."""


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with suppress(BrokenPipeError):  # what was not taken any more
            pipe.close()


def _ask(process: subprocess.Popen[bytes], kind: str, content: bytes) -> bool:
    """Whether the process took the document."""
    assert process.stdin is not None
    try:
        process.stdin.write(HEADER.pack(kind.encode(), len(content)))
        process.stdin.write(content)
        process.stdin.flush()
    except BrokenPipeError:
        return False
    return True


def _read_answer(process: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    """What the process says; None if it ends instead."""
    assert process.stdout is not None
    header = process.stdout.read(SIZE.size)
    if len(header) < SIZE.size:
        return None
    size = SIZE.unpack(header)[0]
    content = process.stdout.read(size)
    return None if len(content) < size else json.loads(content)


def _refuse_missing(answer: Mapping[str, Any]) -> None:
    if answer.get("failure") == "missing":
        with extra("collect", "Reading documents"):
            raise ModuleNotFoundError(name=answer["detail"])
