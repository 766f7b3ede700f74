"""An annotation project: its folder, its questions and their answers, for a page or a script.

The folder holds project.json, items/ (the rows, as a dataset), answers.jsonl (every answer, in the
order they came), and where there are any only.txt (ids of the items to ask about) and gold.jsonl
(known answers).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import Any, final

import numpy as np

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.annotation.answer_log import Do
from luthier.data.annotation.disputes import Disputes
from luthier.data.annotation.item import Answer, Disputed, Item, Progress
from luthier.data.annotation.items import Placed, placed_rows
from luthier.data.annotation.kind import Kind, Value
from luthier.data.annotation.locked import locked
from luthier.data.annotation.progress import gold_share, progress_of
from luthier.data.annotation.project_folder import (
    make_folder,
    read_only_ids,
    with_version,
    write_only_ids,
)
from luthier.data.annotation.queue import Queue
from luthier.data.annotation.settings import Settings
from luthier.data.annotation.store import Store
from luthier.data.text.readable import readable

MAX_NAME = 60


@final
class Project:
    """One project, opened by one process at a time; its methods may be called from any thread.

    Whatever returns has been written and synced to disk before (`answer`, `skip`, `undo`,
    `adjudicate`, `join`, `revise_guidelines`): a crash right behind it loses nothing.
    Faults of the person who answers are `UserError`s whose sentence can be shown on the page.
    """

    def __init__(self, store: Store):
        self._store = store
        self._ledger, self._items = store.ledger, store.items
        self._lock = RLock()
        self._suggestions: dict[str, Value] = {}
        self._disputes = Disputes(store.ledger)
        self._set_queue()

    @classmethod
    def create(
        cls,
        folder: Path | str,
        sources: Sequence[str] | Iterable[Row],
        kind: Any,
        *,
        splits: Sequence[str] = (),
        **settings: Any,
    ) -> "Project":
        """Make a project and open it.

        Args:
            folder: to be made; must not exist, or be empty.
            sources: dataset folders, files, catalog:NAME ...; or rows.
            kind: a choice from `kinds/`, as a recipe writes it: `{classes: {labels: [...]}}`.
            splits: of a dataset, the splits that are asked about; else all.
            settings: `title`, `guidelines` (text), `annotators`, `closed`, `overlap`, `order`,
                `seed`, `blind`, `gold_every`, `aggregate`, `untouched`; see `Settings`.

        Raises:
            UserError: the folder is taken, a source cannot be read, or this kind of question
                cannot be asked about its rows.
        """
        placed, names = placed_rows(sources, splits)
        make_folder(Path(folder), placed, kind, names, settings)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path | str, *, read_only: bool = False) -> "Project":
        """Open a project, and keep others from writing to it until it is closed.

        An answer that a crash cut off (it was never acknowledged) is taken off the log.

        Args:
            folder: of the project.
            read_only: look at it as it is, also while another process writes; nothing can be
                answered then.

        Raises:
            UserError: it is missing or damaged (with file and line), or open in another process.
        """
        return cls(Store(Path(folder), read_only=read_only))

    @locked
    def close(self) -> None:
        """Let others open it."""
        self._store.close()

    def __enter__(self) -> "Project":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._store.folder

    @property
    def settings(self) -> Settings:
        """project.json as it is now."""
        return self._store.settings

    @property
    def kind(self) -> Kind:
        """What is asked."""
        return self._store.kind

    @property
    def remarks(self) -> list[str]:
        """What had to be mended on opening, a sentence each."""
        return self._store.remarks

    @locked
    def join(self, by: str) -> None:
        """Take part under a name; again and again is fine.

        Raises:
            UserError: the name is empty, too long or not printable, or the project is closed.
        """
        if by in self.settings.annotators:
            return
        _check_name(by)
        if self.settings.closed:
            raise UserError(f"Nobody called {by!r} takes part in this project, and it is closed.")
        self._store.change(annotators=[*self.settings.annotators, by])

    @locked
    def next(self, by: str) -> Item | None:
        """The next item for a person, theirs alone until they answer it or half an hour passes.

        Asked again before it is answered, it is the same item. None: nothing is left for them now
        (see `progress(by).left`: what is in other people's hands may come back).

        Raises:
            UserError: they did not join.
        """
        number = self._queue.next(self._known(by))
        return None if number is None else self._item(number, by)

    @locked
    def item(self, id: str, by: str) -> Item:
        """Any item by its id, such as one to be changed; with what the person said of it.

        Raises:
            UserError: there is no such item, or the person did not join.
        """
        return self._item(self._ledger.number(id), self._known(by))

    @locked
    def answer(
        self, by: str, id: str, value: Any, *, seconds: float | None = None, note: str = ""
    ) -> Answer:
        """Answer an item, or answer it anew; on disk when this returns.

        Raises:
            UserError: the answer is none of its kind, with what is wrong; there is no such item; or
                the person did not join.
        """
        checked = self._store.checked(id, value)
        said = self._write("answer", by, id, checked, seconds=seconds, note=note)
        assert said is not None
        return said

    @locked
    def skip(self, by: str, id: str, *, seconds: float | None = None, note: str = "") -> None:
        """Leave an item to others; this person is not asked again."""
        self._write("skip", by, id, None, seconds=seconds, note=note)

    @locked
    def undo(self, by: str) -> Item | None:
        """Take a person's last answer or skip back, and put its item before them again.

        What they had said of it before that holds again. Repeatable, back to their first.
        None: there is nothing to take back.
        """
        undoable = self._ledger.person(self._known(by)).undoable
        if not undoable:
            return None
        number = undoable[-1][0]
        self._write("undo", by, self._items.ids[number], None)
        self._queue.reopen(number)
        self._queue.hold(by, number)
        return self._item(number, by)

    @locked
    def history(self, by: str, count: int = 20) -> list[Answer]:
        """The items a person answered or skipped last, the newest first, for going back."""
        said = self._ledger.person(self._known(by)).said
        return [said[number] for number in islice(reversed(said), count)]

    @locked
    def add_answers(self, answers: Iterable[tuple[str, str, Any]]) -> int:
        """Take over answers from elsewhere: who, which item, what. All are checked before any.

        Those that are there already are left out. People join as they come, also where the project
        is closed.

        Returns:
            how many were new.

        Raises:
            UserError: one is none of its kind, or there is no such item; none is taken then.
        """
        new = self._store.unknown(answers)
        people = dict.fromkeys([*self.settings.annotators, *(by for by, _, _ in new)])
        if len(people) > len(self.settings.annotators):
            for by in people:
                _check_name(by)
            self._store.change(annotators=list(people))
        self._store.add(new)
        return len(new)

    @locked
    def rank(self, scores: Mapping[str, float]) -> None:
        """Give out items by score from now on, the highest first; the others follow as before.

        Such as a model's uncertainty, or the place in an order of diverse items, negated. May be
        called at any time from any thread. Items in people's hands stay there.

        Raises:
            UserError: an id that no item has.
        """
        ranks = np.full(len(self._items), -np.inf)
        for id, score in scores.items():
            ranks[self._ledger.number(id)] = score
        order = self._queue.order
        self._queue.set_order(order[np.argsort(-ranks[order], kind="stable")])

    @locked
    def restrict(self, ids: Iterable[str]) -> None:
        """Ask about these items alone from now on, in this order, and blind.

        Raises:
            UserError: an id that no item has, or none at all.
        """
        numbers = [self._ledger.number(id) for id in dict.fromkeys(ids)]
        if not numbers:
            raise UserError("No items are named that could be asked about.")
        write_only_ids(self.folder, (self._items.ids[number] for number in numbers))
        self._store.change(only=True)
        self._set_queue()

    @locked
    def suggest(self, values: Mapping[str, Any]) -> None:
        """Offer these answers beforehand (a model's), by row id; not kept over a restart.

        Raises:
            UserError: one is no answer of this kind, or an id that no item has.
        """
        self._suggestions = {id: self._store.checked(id, value) for id, value in values.items()}

    @locked
    def set_gold(self, values: Mapping[str, Any]) -> None:
        """Name items whose answers are known; people meet them one in `gold_every`, unawares.

        Raises:
            UserError: one is no answer of this kind, or an id that no item has.
        """
        self._store.set_gold({id: self._store.checked(id, v) for id, v in values.items()})
        self._set_queue()

    @locked
    def next_disputed(self, by: str) -> Disputed | None:
        """The item people disagree most about, for `by` to decide; None if there is none (left).

        Two people who decide at the same time get different ones. Items on which answers are still
        to come are not disputed yet.
        """
        number = self._disputes.next(self._known(by))
        if number is None:
            return None
        distance = float(self._ledger.dispute[number])
        return Disputed(self._item(number, by), self._ledger.said(number), distance)

    @locked
    def adjudicate(self, by: str, id: str, value: Any, *, note: str = "") -> Answer:
        """Decide an item: this answer wins over all others; on disk when this returns.

        Raises:
            UserError: the answer is none of its kind, or there is no such item.
        """
        decided = self._write("adjudicate", by, id, self._store.checked(id, value), note=note)
        self._disputes.decided(by)
        assert decided is not None
        return decided

    @locked
    def postpone(self, by: str, id: str) -> None:
        """Leave a disputed item for another day, or for somebody else."""
        self._disputes.postpone(self._known(by), self._ledger.number(id))

    @locked
    def progress(self, by: str | None = None) -> Progress:
        """How far it is; a fraction of a millisecond for 100,000 items."""
        gold = None if by is None else gold_share(self._ledger, by, self._store.gold, self.kind)
        people, overlap = self.settings.annotators, self.settings.overlap
        return progress_of(self._ledger, self._queue, overlap, people, by, gold)

    @locked
    def answers(self) -> list[Answer]:
        """Everybody's present answers (skips left out), by item in the items' order."""
        return list(self._ledger.all_said())

    @locked
    def verdicts(self) -> dict[str, Value]:
        """Item -> the answer that is known (gold) or was decided by adjudication."""
        decided = {a.item: a.value for a in self._ledger.decided.values() if a.value is not None}
        return {**decided, **self._store.gold}

    @locked
    def row(self, id: str) -> Row:
        """The whole row of an item, with everything people do not see.

        Raises:
            UserError: there is no such item.
        """
        return self._items.row(self._ledger.number(id))

    def rows(self) -> Iterator[Placed]:
        """All rows, in their order, as a stream, each with the split it came from."""
        return self._items.placed()

    @property
    def guidelines(self) -> str:
        """The newest guidelines, Markdown; may be empty."""
        versions = self.settings.guidelines
        return versions[-1].text if versions else ""

    @locked
    def revise_guidelines(self, text: str) -> int:
        """Write a new version of the guidelines; returns its number."""
        text = readable(text)
        if text != self.guidelines:
            self._store.change(guidelines=with_version(self.settings.guidelines, text))
        return len(self.settings.guidelines)

    def _set_queue(self) -> None:
        settings, numbers = self.settings, self._items.numbers
        order = np.arange(len(self._items))
        if settings.only:
            order = np.array([numbers[id] for id in read_only_ids(self.folder)], np.int64)
        elif settings.order == "chance":
            order = np.random.default_rng(settings.seed).permutation(order)
        gold = np.array([numbers[id] for id in self._store.gold], np.int64)
        self._queue = Queue(
            self._ledger, settings.overlap, order, gold=gold, gold_every=settings.gold_every
        )

    def _known(self, by: str) -> str:
        if by not in self.settings.annotators:
            raise UserError(f"Nobody called {by[:MAX_NAME]!r} takes part in this project yet.")
        return by

    def _item(self, number: int, by: str) -> Item:
        row = self._items.row(number)
        said = self._ledger.person(by).said.get(number)
        suggestion = None
        if not self.settings.only:
            suggestion = self._suggestions.get(row.id)
            if suggestion is None and not self.settings.blind:
                suggestion = self.kind.read(row.fields)
        answer = None if said is None else said.value
        return Item(row.id, self.kind.show(row.fields), suggestion, answer)

    def _write(self, do: Do, by: str, id: str, value: Value | None, **more: Any) -> Answer | None:
        said = self._store.write(do, self._known(by), id, value, **more)
        self._queue.said(by, self._ledger.number(id))
        return said


def _check_name(by: str) -> None:
    if not 1 <= len(by) <= MAX_NAME or not by.isprintable() or by.isspace():
        raise UserError(f"Choose a name of 1 to {MAX_NAME} printable characters, not {by[:80]!r}.")
