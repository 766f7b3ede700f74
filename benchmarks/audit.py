"""What an audit finds, and what the repair is worth: wrong labels planted in rows whose are known.

    python -m benchmarks.audit TRAIN TEST [--noise 0.05] [--reviewed 0.1] [--seeds 1 2 3]
        [--adapter head] [--epochs 30] [--learning-rate 1e-2] [--only-find]

TRAIN and TEST are files of texts and labels, such as those of banking77. Each seed gives other rows
of TRAIN another label, any with equal chance. `luthier audit` lists the worst tenth of the rows; a
person who looks at those puts the true label where one was planted, and leaves the others alone.
The same recipe is trained on the rows as they were, as planted and as repaired, and the three runs
answer the same test rows.
"""

import argparse
import csv
import json
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from luthier.core.yaml import parse_value
from luthier.data.annotation.suspects import read_suspects
from luthier.data.open import read_rows
from luthier.evaluation.audit.audit import audit
from luthier.evaluation.audit.suspicion import DOUBTFUL
from luthier.evaluation.compare import compare
from luthier.training.train import train

Rows = list[list[str]]


def read(path: Path) -> tuple[list[str], Rows]:
    """The header of a file, and its rows; the last column is the label."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def write(path: Path, header: Sequence[str], rows: Rows) -> Path:
    """The same as a file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def plant(rows: Rows, noise: float, seed: int) -> tuple[Rows, set[int]]:
    """A share of the rows with another label, drawn by a seed, and which they are."""
    generator = np.random.default_rng(seed)
    labels = sorted({row[-1] for row in rows})
    chosen = generator.permutation(len(rows))[: round(noise * len(rows))].tolist()
    planted = [list(row) for row in rows]
    for number in chosen:
        others = [label for label in labels if label != rows[number][-1]]
        planted[number][-1] = others[generator.integers(len(others))]
    return planted, set(chosen)


def find(path: Path, planted: set[int], folder: Path, options: argparse.Namespace) -> Any:
    """The rows an audit lists, and how many of the planted ones are among them."""
    start = time.perf_counter()
    audit(str(path), model=options.base, output=folder, share=options.reviewed)
    seconds = time.perf_counter() - start
    number = {row.id: i for i, row in enumerate(read_rows([str(path)]).rows())}
    suspects = list(read_suspects(folder / "suspected.jsonl"))
    worst = {number[one.id] for one in suspects}
    flagged = {number[one.id] for one in suspects if one.reason != DOUBTFUL}
    return worst, {
        "planted": len(planted),
        "reviewed": len(suspects),
        "found": round(len(worst & planted) / len(planted), 4),
        "flagged": len(flagged),
        "flagged_recall": round(len(flagged & planted) / len(planted), 4),
        "flagged_precision": round(len(flagged & planted) / max(1, len(flagged)), 4),
        "audit_seconds": round(seconds, 1),
    }


def run(options: argparse.Namespace, source: Path, folder: Path) -> str:
    """Train one recipe on some rows; the folder of the run."""
    train(
        {
            "task": {"text_classification": {"metric": "accuracy"}},
            "data": {"source": str(source), "split": {"validation": 0, "test": str(options.test)}},
            "model": {"base": options.base, "max_length": 64},
            "adapter": parse_value(options.adapter),
            "training": {
                "learning_rate": options.learning_rate,
                "batch_size": 32,
                "num_epochs": options.epochs,
            },
            "run": {"folder": str(folder), "seed": 1},
        }
    )
    return str(folder)


def measure(options: argparse.Namespace, seed: int, folder: Path) -> dict[str, Any]:
    """Plant, audit, repair, and train three times."""
    header, rows = read(options.train)
    planted, numbers = plant(rows, options.noise, seed)
    path = write(folder / "planted.csv", header, planted)
    worst, found = find(path, numbers, folder / "audit", options)
    if options.only_find:
        return {"seed": seed, **found}
    repaired = [rows[i] if i in worst & numbers else row for i, row in enumerate(planted)]
    sources = {
        "repaired": write(folder / "repaired.csv", header, repaired),
        "planted": path,
        "untouched": write(folder / "untouched.csv", header, rows),
    }
    runs = {name: run(options, source, folder / name) for name, source in sources.items()}
    gain = compare([runs["repaired"], runs["planted"]], metric="accuracy")
    short = compare([runs["repaired"], runs["untouched"]], metric="accuracy")
    return {
        "seed": seed,
        **found,
        "accuracy": {
            "planted": gain["values"][runs["planted"]],
            "repaired": gain["values"][runs["repaired"]],
            "untouched": short["values"][runs["untouched"]],
        },
        "repaired_over_planted": gain["pairs"][0],
        "repaired_over_untouched": short["pairs"][0],
    }


def main() -> None:
    """Measure with every seed; a line of JSON each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--noise", type=float, default=0.05)
    parser.add_argument("--reviewed", type=float, default=0.1)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--base", default="catalog:minilm")
    parser.add_argument("--adapter", default="head")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--learning-rate", type=float, default=1e-2)
    parser.add_argument("--only-find", action="store_true")
    options = parser.parse_args()
    for seed in options.seeds:
        with TemporaryDirectory() as folder:
            print(json.dumps(measure(options, seed, Path(folder))), flush=True)


if __name__ == "__main__":
    main()
