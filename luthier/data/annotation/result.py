"""What comes of a project: rows to train on, each derived from the row that was asked about."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import final

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.annotation.aggregation import Aggregated, aggregate
from luthier.data.annotation.crowd import Method
from luthier.data.annotation.items import Placed
from luthier.data.annotation.kind import Value
from luthier.data.annotation.project import Project
from luthier.data.text.readable import counted

SAMPLE = 100
OPEN, UNDECIDED, NOTHING = "not answered", "undecided", "nothing to learn from"


@final
class Result:
    """The rows of a project with the answers in them.

    An answer is the known one (gold), else what adjudication said, else what everybody's answers
    make together. Left out are rows that nobody answered (as the project's `untouched` says), rows
    on which people are undecided, and ties.

    Args:
        project: the project.
        method: how several answers become one; else as the project says.

    Attributes:
        aggregated: what everybody's answers make together.
        answers: item -> the answer that counts; undecided ones are left out.

    Raises:
        UserError: nothing was answered yet, or the method needs crowd-kit.
    """

    def __init__(self, project: Project, method: Method | None = None):
        self._project = project
        said = project.answers()
        self.aggregated: Aggregated = aggregate(
            said, project.kind, method or project.settings.aggregate
        )
        verdicts = self.aggregated.verdicts
        self.answers: dict[str, Value] = {
            item: verdict.value for item, verdict in verdicts.items() if verdict.value is not None
        } | project.verdicts()
        self._undecided = verdicts.keys() - self.answers.keys()
        if not self.answers:
            raise UserError(f"{project.folder}: nobody answered anything yet.")

    def rows(self) -> Iterator[Row]:
        """All rows to train on, as a stream."""
        return (row for _, rows, _ in self._made() for row in rows)

    def placed(self) -> Iterator[Placed]:
        """All rows to train on, each with the split of the row it was made from, as a stream."""
        return ((split, row) for split, rows, _ in self._made() for row in rows)

    def fields(self) -> frozenset[str]:
        """The fields that the first rows have."""
        first = islice(self.rows(), SAMPLE)
        return frozenset(k for row in first for k, value in row.fields.items() if value is not None)

    def sentence(self) -> str:
        """How many rows come of it, and what became of the others; every row is counted."""
        made, changed, left_out = 0, 0, Counter[str]()
        for _, rows, reason in self._made():
            made += len(rows)
            changed += sum(bool(row.derived_from) for row in rows)
            left_out[reason] += bool(reason)
        told = [f"{count:,} {reason}" for reason, count in left_out.items() if count]
        rest = f"; left out: {', '.join(told)}" if told else ""
        answered = counted(len(self.answers), "answered item")
        return f"{self._project.folder} is an annotation project: {answered}, {made:,} rows{rest}."

    def _made(self) -> Iterator[tuple[str, list[Row], str]]:
        """For each item its split, the rows it makes, and why there are none."""
        kind, untouched = self._project.kind, self._project.settings.untouched
        for split, row in self._project.rows():
            answer = self.answers.get(row.id)
            if answer is not None:
                rows = kind.rows(row, answer)
                yield split, rows, "" if rows else NOTHING
            elif row.id in self._undecided:
                yield split, [], UNDECIDED
            elif untouched == "keep" or (untouched == "auto" and kind.read(row.fields)):
                yield split, [row], ""
            else:
                yield split, [], OPEN
