"""A run that has been judged, read back: what it answered, and what its answers are judged by."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from luthier.core.config import Recipe, read_recipe
from luthier.core.errors import UserError, did_you_mean
from luthier.core.files import read_json
from luthier.core.registry import Choice
from luthier.core.runs import Run
from luthier.evaluation.known_metrics import metric_named, metrics_by_name
from luthier.scoring.answers import KINDS, Answers, Integers, Record
from luthier.scoring.metric import Metric


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """A run folder with an evaluation and predictions."""

    run: Run
    recipe: Recipe
    evaluation: Mapping[str, Any]

    @classmethod
    def open(cls, folder: Path) -> "JudgedRun":
        """Read the folder of a run.

        Raises:
            UserError: there is none, or it has not been judged yet.
        """
        run = Run.open(folder)
        if not run.predictions.exists():
            raise UserError(
                f"{run.folder}: not judged yet. Finish it with `luthier train --resume`."
            )
        return cls(run, read_recipe(run.recipe), read_json(run.evaluation))

    @property
    def kind(self) -> str:
        """Of its answers; runs of before there were other kinds do not name theirs."""
        return str(self.evaluation.get("kind", "classes"))

    def metric(self, name: str) -> Metric[Any]:
        """A metric of its answers, with the options that its task was given.

        Raises:
            UserError: there is none of that name, or it needs probabilities, which are not kept.
        """
        found = metric_named(name, self.kind, Choice.parse(self.recipe.task).options)
        if found is None or found.needs_probabilities:
            names = [n for n, m in metrics_by_name(self.kind).items() if not m.needs_probabilities]
            raise UserError(f"metric: no `{name}` to compare by. {did_you_mean(name, names)}")
        return found

    def ids(self) -> set[str]:
        """The identities of the rows it answered."""
        return {record["id"] for record in self._lines()}

    def records(self, ids: Sequence[str]) -> list[Record]:
        """The lines of predictions.jsonl about some rows, in the order given."""
        place = {row: i for i, row in enumerate(ids)}
        records: list[Record] = [{}] * len(place)
        for record in self._lines():
            if record["id"] in place:
                records[place[record["id"]]] = record
        return records

    def answers(self, records: Sequence[Record]) -> Answers:
        """The answers that stand in the records."""
        labels, positive = self.evaluation.get("labels") or [], self.evaluation.get("positive")
        number = labels.index(positive) if positive else 1
        return KINDS[self.kind].restore(records, labels, number)

    def groups(self, records: Sequence[Record]) -> Integers | None:
        """(N,) the group of each row, where the split keeps groups together; else None."""
        name = self.recipe.data.split.group
        if name is None:
            return None
        numbers: dict[str, int] = {}
        keys = (json.dumps(record["input"].get(name), sort_keys=True) for record in records)
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)

    def _lines(self) -> Iterator[Record]:
        with self.run.predictions.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
