"""Small dataset folders to test with, prepared from rows given in the test."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from luthier.core.records import Row
from luthier.data.dataset import Dataset
from luthier.data.prepare import prepare


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a jsonl file; returns its path as a recipe writes it."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(path)


def distinct(count: int, labels: Sequence[str] = ("ham", "spam"), start: int = 0) -> list[Any]:
    """Rows of text and label of which no two are near-duplicates."""
    return [
        {
            "text": f"row{n} says{n} something{n} of{n} its{n} own{n}",
            "label": labels[n % len(labels)],
        }
        for n in range(start, start + count)
    ]


def prepared(folder: Path, rows: Sequence[Mapping[str, Any]], **data: Any) -> Dataset:
    """The dataset of these rows, checked or not; keywords are keys of the data section."""
    source = write_rows(folder / "rows.jsonl", rows)
    return prepare({"data": {"source": source, **data}}, folder / "made", check=False)


@dataclass
class HeldRows:
    """Rows in splits, as a dataset gives them, that lie on no disk."""

    held: Mapping[str, Sequence[Row]]

    @property
    def splits(self) -> tuple[str, ...]:
        return tuple(self.held)

    def rows(self, split: str) -> Iterator[Row]:
        return iter(self.held[split])

    def ids(self, split: str) -> Iterator[str]:
        return (row.id for row in self.held[split])
