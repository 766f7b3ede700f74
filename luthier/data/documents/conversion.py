"""Texts of documents from several converters at a time, the first of them remembered."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from queue import Empty, LifoQueue
from typing import Any, TypeVar, final

from luthier.data.documents.converter import CONVERTED, SECONDS, Converter, Unreadable
from luthier.data.parsing.raw_file import RawFile
from luthier.data.text.mailbox import mail_fields
from luthier.data.text.markup import text_of_html
from luthier.data.text.raw_text import read_bytes

MAX_BYTES = 512 * 2**20
"""A larger document is not converted."""
REMEMBERED = 8 * 2**20
"""Characters kept, for sources are read twice: first some rows to see their shape, then all."""
EXTENSIONS = ("html", "htm", "xhtml", "md", "markdown", "eml", *sorted(CONVERTED - {"xlsx"}))
"""Endings of names of documents that are one row each."""

_HTML = frozenset({"html", "htm", "xhtml"})

Item = TypeVar("Item")
Result = TypeVar("Result")


@final
class Conversion:
    """Reads documents; those of hostile formats in processes that end with `running`.

    Args:
        workers: processes at a time; else one for each processor.
        seconds: that one document may take.
    """

    def __init__(self, workers: int | None = None, seconds: float = SECONDS):
        self._workers = workers or os.cpu_count() or 1
        self._seconds = seconds
        self._idle: LifoQueue[Converter] = LifoQueue()
        self._all: list[Converter] = []
        self._kept: dict[Any, str | Unreadable] = {}
        self._kept_characters = 0

    def fields(self, file: RawFile) -> dict[str, Any]:
        """What a row made of the whole document holds: `text`, of a mail also its headers.

        Raises:
            Unreadable: no text can be read in it.
            UserError: see `RawFile.binary` and `RawFile.whole`.
        """
        if file.extension in CONVERTED:
            return {"text": self._remembered(file)}
        if file.extension == "eml":
            return mail_fields(content_of(file))
        content = file.whole()
        if file.extension in _HTML:
            content = text_of_html(read_bytes(content).text)
            if not content:
                raise Unreadable(file.name, "empty")
        return {"text": content}

    @contextmanager
    def running(self) -> Iterator[None]:
        """While this lasts, processes are kept for the next document."""
        try:
            yield
        finally:
            self._close()

    def in_order(
        self, items: Iterable[Item], read: Callable[[Item], Result]
    ) -> Iterator[tuple[Item, Result | Exception]]:
        """Each item with what `read` makes of it or raises, several at a time, in their order."""
        waiting: deque[tuple[Item, Future[Result]]] = deque()
        items = iter(items)
        with self.running(), ThreadPoolExecutor(self._workers) as pool:
            try:
                for item in islice(items, 2 * self._workers):
                    waiting.append((item, pool.submit(read, item)))
                while waiting:
                    item, future = waiting.popleft()
                    error = future.exception()
                    waiting += ((new, pool.submit(read, new)) for new in islice(items, 1))
                    yield item, error if isinstance(error, Exception) else future.result()
            finally:  # also where the reader has had enough
                for _, future in waiting:
                    future.cancel()
                self._close()

    def _close(self) -> None:
        while self._all:
            self._all.pop().close()
        self._idle = LifoQueue()

    def _remembered(self, file: RawFile) -> str:
        state = file.path.stat() if file.path.exists() else None
        key = (file.name, state and (state.st_size, state.st_mtime_ns))
        if key in self._kept:
            return _text(self._kept[key])
        outcome = self._outcome(file)
        if self._kept_characters < REMEMBERED:
            self._kept_characters += len(str(outcome))
            self._kept[key] = outcome
        return _text(outcome)

    def _outcome(self, file: RawFile) -> str | Unreadable:
        try:
            converter = self._idle.get_nowait()
        except Empty:
            converter = Converter(self._seconds)
            self._all.append(converter)
        try:
            return converter.convert(file.extension, content_of(file), file.name)
        except Unreadable as unreadable:
            return unreadable
        finally:
            self._idle.put(converter)


def content_of(file: RawFile) -> bytes:
    """The bytes of a document.

    Raises:
        Unreadable: there are more than `MAX_BYTES`.
        UserError: see `RawFile.binary`.
    """
    with file.binary() as opened:
        content = opened.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Unreadable(file.name, "large")
    return content


def _text(outcome: str | Unreadable) -> str:
    if isinstance(outcome, Unreadable):
        raise outcome
    return outcome
