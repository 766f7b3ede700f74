"""Answers from other tools' files into a project, and a project's answers into theirs."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, final

from luthier.core.errors import UserError, did_you_mean
from luthier.core.files import write_lines
from luthier.core.records import Fields, Row
from luthier.core.registry import Menu
from luthier.data.annotation.aggregation import aggregate
from luthier.data.annotation.exchange import Exchange, Incoming, Outgoing
from luthier.data.annotation.item import Answer
from luthier.data.annotation.kind import Kind, Value
from luthier.data.annotation.project import Project
from luthier.data.duplicates.shingles import text_of
from luthier.data.parsing.faults import Faults
from luthier.data.parsing.raw_file import RawFile

EXCHANGES = Menu("luthier.data.annotation.exchanges")
_SPACE = re.compile(r"\s+")


def export_answers(project: Project, path: Path | str, format: str) -> int:
    """Write all items of a project with their answers; whole or not at all.

    Returns:
        how many items were written about.

    Raises:
        UserError: the format has no such answers, or an item cannot be written in it.
    """
    exchange = _exchange(format, project.kind.name)
    count = 0

    def outgoing() -> Iterator[Outgoing]:
        nonlocal count
        for item in _outgoing(project):
            count += 1
            yield item

    write_lines(Path(path), exchange.write(outgoing(), project.kind))
    return count


def import_answers(project: Project, path: Path | str, format: str) -> int:
    """Take the answers of a file over into a project that has the same texts.

    An item is found by its row's id, else by its text, else by its text without white space, in
    which case spans are moved to where their characters stand in the row.

    Returns:
        how many answers were new.

    Raises:
        UserError: the file is damaged, a text is not in the project, or an answer is none of its
            kind; nothing is taken then, and all is told with its places.
    """
    exchange = _exchange(format, project.kind.name)
    faults = Faults("mend the file, or make a project of it: luthier annotate FILE")
    find = _Finder(project)
    taken: list[tuple[str, str, Value]] = []
    for incoming in exchange.read(RawFile(Path(path)), project.kind.name):
        row = find.row(incoming)
        if row is None:
            if incoming.answers:
                faults.add("a text that is not in the project", incoming.place)
            continue
        for by, value in incoming.answers:
            try:
                said = _moved(value, incoming.fields, row.fields, project.kind)
                taken.append((by, row.id, said))
            except ValueError as error:
                faults.add(str(error), incoming.place)
    faults.tell_if_any()
    return project.add_answers(taken)


def read_file(path: Path | str, format: str, kind: str) -> Iterator[Incoming]:
    """The items of a file of another tool, to make a project of.

    Raises:
        UserError: the file is damaged, or the format has no such answers.
    """
    return _exchange(format, kind).read(RawFile(Path(path)), kind)


def labels_of(items: Iterable[Incoming]) -> tuple[list[str], list[str]]:
    """The labels that are used in a file, and those of relations; both sorted."""
    labels: set[str] = set()
    relations: set[str] = set()
    for item in items:
        for _, value in item.answers:
            labels.update(_strings([value.get("label"), *_listed(value.get("labels"))]))
            labels.update(_strings(_of_each(value.get("spans"))))
            relations.update(_strings(_of_each(value.get("relations"))))
    return sorted(labels), sorted(relations)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _of_each(value: Any) -> list[Any]:
    return [one.get("label") for one in _listed(value) if isinstance(one, dict)]


def _strings(values: list[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


@final
class _Finder:
    """The row of a project that a text from elsewhere belongs to."""

    def __init__(self, project: Project):
        self._project = project
        self._by_text: dict[str, str] = {}
        self._ids = set()
        for _, row in project.rows():
            self._ids.add(row.id)
            self._by_text.setdefault(_key(project.kind, row.fields), row.id)

    def row(self, incoming: Incoming) -> Row | None:
        """The row; None if there is none."""
        if incoming.id in self._ids:
            return self._project.row(str(incoming.id))
        found = self._by_text.get(_key(self._project.kind, incoming.fields))
        return None if found is None else self._project.row(found)


def _key(kind: Kind, fields: Fields) -> str:
    """What a row says, without white space."""
    shown = fields if kind.refuse(fields) else kind.show(fields)
    sides = [json.dumps(shown[side], sort_keys=True) for side in ("A", "B") if side in shown]
    return _SPACE.sub("", "\n".join([text_of(shown), *sides]))


def _moved(value: Any, before: Fields, after: Fields, kind: Kind) -> Value:
    """An answer to a text as an answer to a row of the same characters but other white space.

    Raises:
        ValueError: it is no answer of this kind.
    """
    checked = kind.check(value, before)
    if "spans" not in checked:
        return kind.check(checked, after)
    old, new = kind.show(before)["text"], kind.show(after)["text"]
    rank = list(accumulate((not character.isspace() for character in old), initial=0))
    places = [place for place, character in enumerate(new) if not character.isspace()]
    spans = [
        # A span neither begins nor ends with white space, so both of its ends have a rank.
        {**s, "start": places[rank[s["start"]]], "end": places[rank[s["end"]] - 1] + 1}
        for s in checked["spans"]
    ]
    return kind.check({**checked, "spans": spans}, after)


def _outgoing(project: Project) -> Iterator[Outgoing]:
    said: dict[str, list[Answer]] = defaultdict(list)
    answers = project.answers()
    for answer in answers:
        said[answer.item].append(answer)
    verdicts = aggregate(answers, project.kind, project.settings.aggregate).verdicts
    settled = project.verdicts()
    for _, row in project.rows():
        verdict = settled.get(row.id)
        if verdict is None and row.id in verdicts:
            verdict = verdicts[row.id].value
        yield Outgoing(row, project.kind.show(row.fields), said[row.id], verdict)


def _exchange(format: str, kind: str) -> Exchange:
    exchange: Exchange = EXCHANGES.build(format)
    if kind not in exchange.kinds:
        able = [name for name in EXCHANGES.names() if kind in EXCHANGES.get(name).kinds]
        raise UserError(f"{format} files hold no {kind}. {did_you_mean(format, able)}")
    return exchange
