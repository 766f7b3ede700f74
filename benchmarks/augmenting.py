"""What augmentation is worth: with and without it, at equal steps, over several seeds.

    python -m benchmarks.augmenting TRAIN TEST [--rows 770] [--steps 300] [--seeds 1 2 3]
        [--augment '[swap_words, delete_words]' ...] [--mixup 0.2]

TRAIN and TEST are files of texts and labels, such as those of banking77. Each seed draws its own
rows of TRAIN. On these a run without augmentation, one with each `--augment` (as a recipe writes
`data.augment`) and one with `--mixup` take the same number of steps and answer the same test rows.
The interval of the mean difference is a bootstrap over seeds and test rows.
"""

import argparse
import csv
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.core.yaml import parse_value
from luthier.training.train import train

EDA = ("[replace_synonyms, insert_words, swap_words, delete_words]",)
RESAMPLES = 2000
Right = NDArray[np.float64]


def sample(source: Path, target: Path, count: int, seed: int) -> None:
    """Some rows of a file with a header, as many of each label (the last column), by a seed."""
    with source.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    random.Random(seed).shuffle(rows)
    of_label: dict[str, list[list[str]]] = {}
    for row in rows:
        of_label.setdefault(row[-1], []).append(row)
    each = max(1, count // len(of_label))
    drawn = [row for found in of_label.values() for row in found[:each]]
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *drawn])


def recipe(options: argparse.Namespace, folder: Path, seed: int) -> dict[str, Any]:
    """A run without augmentation; its last weights are judged, so that nothing is chosen."""
    return {
        "task": {"text_classification": {"metric": "accuracy"}},
        "data": {
            "source": str(folder / "train.csv"),
            "split": {"validation": 0, "test": str(folder / "test.csv")},
        },
        "model": {"base": options.base, "max_length": 64},
        "adapter": parse_value(options.adapter),
        "training": {
            "learning_rate": options.learning_rate,
            "batch_size": 16,
            "num_epochs": 1000,
            "max_steps": options.steps,
        },
        "callbacks": [],
        "run": {"seed": seed, "folder": str(folder / "run")},
    }


def right(asked: dict[str, Any]) -> tuple[Right, int]:
    """Which test rows a run answers right, in the order of their ids; and its training rows."""
    run = train(asked, overwrite=True)
    text = run.predictions.read_text("utf-8")
    lines = sorted((json.loads(line) for line in text.splitlines()), key=lambda one: one["id"])
    rows = json.loads((run.data / "report.json").read_text("utf-8"))["splits"]["train"]["rows"]
    return np.array([line["prediction"] == line["reference"] for line in lines], float), rows


def interval(differences: Right, seed: int = 0) -> tuple[float, float]:
    """95 % of the mean of (S, N) differences, when seeds and rows are drawn anew."""
    draw = np.random.default_rng(seed)
    seeds, rows = differences.shape
    means = [
        differences[draw.integers(seeds, size=seeds)][:, draw.integers(rows, size=rows)].mean()
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def arms(options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """What each run has beyond the plain one: by name, keys of the recipe."""
    found: dict[str, dict[str, Any]] = {"plain": {}}
    for written in options.augment:
        found[written] = {"augment": parse_value(written)}
    if options.mixup:
        found[f"mixup {options.mixup}"] = {"objective": {"supervised": {"mixup": options.mixup}}}
    return found


def measure(options: argparse.Namespace) -> dict[str, Right]:
    """Right answers of each arm: (seeds, test rows)."""
    seen: dict[str, list[Right]] = {}
    for seed in options.seeds:
        with TemporaryDirectory() as name:
            folder = Path(name)
            sample(options.train, folder / "train.csv", options.rows, seed)
            sample(options.test, folder / "test.csv", options.test_rows, 0)
            for arm, more in arms(options).items():
                asked = recipe(options, folder, seed)
                asked["data"] |= {key: more[key] for key in more if key == "augment"}
                asked |= {key: more[key] for key in more if key == "objective"}
                start = time.perf_counter()
                answers, rows = right(asked)
                seen.setdefault(arm, []).append(answers)
                seconds = time.perf_counter() - start
                print(
                    f"seed {seed}, {arm}: {rows:,} training rows, accuracy "
                    f"{answers.mean():.4f}, {seconds:.0f} s",
                    flush=True,
                )
    return {arm: np.stack(found) for arm, found in seen.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a row for each arm."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--rows", type=int, default=770)
    parser.add_argument("--test-rows", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--augment", nargs="*", default=EDA)
    parser.add_argument("--mixup", type=float, default=0.2)
    parser.add_argument("--base", default="catalog:minilm")
    parser.add_argument("--adapter", default="full")
    parser.add_argument("--learning-rate", type=float, default=1.5e-4)
    found = measure(parser.parse_args(arguments))
    plain = found["plain"]
    print(f"\n| run | accuracy over {len(plain)} seeds | against plain, 95 % interval |")
    print("|---|---|---|")
    for arm, answers in found.items():
        low, high = interval(answers - plain)
        gain = f"{(answers - plain).mean():+.4f} ({low:+.4f} to {high:+.4f})"
        print(f"| {arm} | {answers.mean():.4f} | {'–' if arm == 'plain' else gain} |")


if __name__ == "__main__":
    main()
