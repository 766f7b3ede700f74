"""What a project keeps on disk, and its present state: rows, settings, answers."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, final

from filelock import FileLock, Timeout

from luthier.core.errors import UserError
from luthier.data.annotation.answer_log import NAME as LOG
from luthier.data.annotation.answer_log import AnswerLog, Do, Entry
from luthier.data.annotation.gold import read_gold, write_gold
from luthier.data.annotation.item import Answer
from luthier.data.annotation.items import Items
from luthier.data.annotation.kind import Kind, Value
from luthier.data.annotation.ledger import Ledger
from luthier.data.annotation.project_folder import (
    GOLD,
    ITEMS,
    KINDS,
    LOCK,
    now,
    read_settings,
    write_settings,
)
from luthier.data.dataset import Dataset

MAX_NOTE = 2000
MAX_SECONDS = 86_400.0


@final
class Store:
    """An open project folder; what it is told is on disk when it returns.

    Args:
        folder: of the project.
        read_only: write nothing, and let others write meanwhile.

    Attributes:
        settings: project.json as it is now.
        kind: what is asked.
        items: the rows.
        ledger: who said what.
        gold: item -> its known answer.
        remarks: what had to be mended, a sentence each.

    Raises:
        UserError: it is missing, damaged, or open in another process.
    """

    def __init__(self, folder: Path, *, read_only: bool = False):
        self.settings = read_settings(folder)
        self.folder = folder
        self._lock = None if read_only else _lock(folder)
        try:
            self._load(read_only)
        except BaseException:
            self.close()
            raise

    def _load(self, read_only: bool) -> None:
        self.settings = read_settings(self.folder)  # nobody else changes it any more
        self._log = AnswerLog(self.folder / LOG, read_only=read_only)
        self.kind: Kind = KINDS.build(self.settings.kind)
        self.items = Items(Dataset.open(self.folder / ITEMS))
        overlap = self.settings.overlap
        self.ledger = Ledger(self.items.ids, self.items.numbers, self.kind, overlap)
        for entry in self._log.replay():
            self.ledger.apply(entry)
        self.items.row(0)  # the first one loads what reading needs: before anybody waits for it
        self.remarks = _remarks(self._log)
        self.gold = read_gold(self.folder / GOLD, self.checked)

    def close(self) -> None:
        """Let others open it."""
        if hasattr(self, "_log"):
            self._log.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def checked(self, id: str, value: Any) -> Value:
        """An answer from outside as its kind writes it.

        Raises:
            UserError: it is none, or there is no such item.
        """
        row = self.items.row(self.ledger.number(id))
        try:
            return self.kind.check(value, row.fields)
        except ValueError as error:
            sentence = str(error)
            raise UserError(f"{sentence[:1].upper()}{sentence[1:]}.") from None

    def write(
        self,
        do: Do,
        by: str,
        id: str,
        value: Value | None,
        *,
        seconds: float | None = None,
        note: str = "",
    ) -> Answer | None:
        """Write down what somebody did; for an answer, skip or decision what it says.

        Raises:
            UserError: there is no such item, the note is far too long, or the disk is full.
        """
        self.ledger.number(id)
        if len(note) > MAX_NOTE:
            raise UserError(f"A note has at most {MAX_NOTE:,} characters.")
        entry = self._entry(do, by, id, value, seconds, note)
        self._log.append([entry])
        return self.ledger.apply(entry)

    def unknown(self, answers: Iterable[tuple[str, str, Any]]) -> list[tuple[str, str, Value]]:
        """Those of some answers (who, which item, what) that were not given yet, all checked.

        Raises:
            UserError: one is none of its kind, or there is no such item.
        """
        new = []
        for by, id, value in answers:
            checked = self.checked(id, value)
            person = self.ledger.people.get(by)
            said = None if person is None else person.said.get(self.ledger.number(id))
            if said is None or said.value != checked:
                new.append((by, id, checked))
        return new

    def add(self, answers: Iterable[tuple[str, str, Value]]) -> None:
        """Write down many answers at once: who, which item, what."""
        entries = [self._entry("answer", by, id, value, None, "") for by, id, value in answers]
        self._log.append(entries)
        for entry in entries:
            self.ledger.apply(entry)

    def change(self, **settings: Any) -> None:
        """Change some settings."""
        self.settings = self.settings.model_copy(update=settings)
        write_settings(self.folder, self.settings)

    def set_gold(self, gold: dict[str, Value]) -> None:
        """Write down which answers are known."""
        write_gold(self.folder / GOLD, gold)
        self.gold = gold

    def _entry(
        self, do: Do, by: str, id: str, value: Value | None, seconds: float | None, note: str
    ) -> Entry:
        if seconds is not None and not 0 <= seconds < MAX_SECONDS:
            seconds = None  # a clock that was set, or a page left open: nothing was measured
        return {
            "do": do,
            "item": id,
            "by": by,
            "value": value,
            "seconds": None if seconds is None else round(seconds, 3),
            "guidelines": len(self.settings.guidelines),
            "at": now(),
            "note": note,
        }


def _lock(folder: Path) -> FileLock:
    lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise UserError(
            f"{folder}: open in another process. Close that one first, or take part on its page."
        ) from None
    return lock


def _remarks(log: AnswerLog) -> list[str]:
    if not log.torn:
        return []
    what = f"an unfinished answer of {log.torn} bytes at the end was left out"
    return [f"{LOG}: {what}; it was never acknowledged."]
