"""Small dataset folders to test with, prepared from rows given in the test."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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
