"""The rows of an item, the same for all contenders, and what there is to count of them."""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from luthier.core.files import write_json, write_lines
from luthier.data.dataset import Dataset
from luthier.data.prepare import prepare

Fields = Mapping[str, Any]
DATASET, FACTS = "dataset", "facts.json"
_DICE = 0
_CLEAN = {
    "spam-mail": ["fix_encoding", "extract_text", "drop_duplicates", "drop_near_duplicates"],
    "small-talk": ["drop_duplicates"],
}


@dataclass(frozen=True, slots=True)
class Request:
    """Which rows: of what, how many to train on and to judge by; `folder` holds public files."""

    data: str
    rows: int
    test_rows: int
    folder: Path | None
    has_validation: bool


def stock(request: Request, output: Path) -> Dataset:
    """Write the dataset folder that an item's contenders all read."""
    train, test = _all_rows(request)
    output.mkdir(parents=True, exist_ok=True)
    learned = chosen(train, request.rows)
    labels = {row.get("label") for row in learned}
    known = [row for row in test if row.get("label") in labels]
    judged = chosen(known, 2 * request.test_rows if request.has_validation else request.test_rows)
    parts = {"train": learned, "test": judged[: request.test_rows]}
    if request.has_validation:
        parts["validation"] = judged[request.test_rows :]
    for name, rows in parts.items():
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        write_lines(output / f"{name}.jsonl", lines)
    split: dict[str, Any] = {"test": str(output / "test.jsonl"), "validation": 0.0}
    if request.has_validation:
        split["validation"] = str(output / "validation.jsonl")
    recipe = {"data": {"source": str(output / "train.jsonl"), "split": split}}
    return prepare(recipe, output / DATASET, check=False)


def chosen(rows: Sequence[Fields], count: int) -> list[Fields]:
    """So many rows, drawn the same every time, and of each label as many as there can be."""
    order = random.Random(_DICE).sample(range(len(rows)), len(rows))
    by_label: dict[Any, list[int]] = defaultdict(list)
    for number in order:
        by_label[rows[number].get("label")].append(number)
    in_turn = chain.from_iterable(zip_longest(*by_label.values()))
    kept = [number for number in in_turn if number is not None][:count]
    return [rows[number] for number in kept]


def _all_rows(request: Request) -> tuple[list[Fields], list[Fields]]:
    if request.data == "banking77":
        if request.folder is None:
            raise SystemExit("--data: name the folder with banking77_train.csv and _test.csv.")
        found = [_banking77(request.folder / f"banking77_{part}.csv") for part in ("train", "test")]
        return found[0], found[1]
    with TemporaryDirectory() as scratch:
        recipe = {
            "data": {
                "source": f"catalog:{request.data}",
                "clean": _CLEAN[request.data],
                "split": {"validation": 0.0, "test": 0.3},
            }
        }
        whole = prepare(recipe, Path(scratch) / "whole", check=False)
        return _plain(whole, "train"), _plain(whole, "test")


def _banking77(path: Path) -> list[Fields]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{"text": row["text"], "label": row["category"]} for row in csv.DictReader(file)]


def _plain(dataset: Dataset, split: str) -> list[Fields]:
    wanted = ("text", "label", "messages")
    rows: Iterable[Any] = dataset.rows(split)
    return [{name: row[name] for name in wanted if row.get(name) is not None} for row in rows]


def write_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    """Beside the dataset: what all contenders are told of it and of the model."""
    write_json(folder / FACTS, dict(facts))
