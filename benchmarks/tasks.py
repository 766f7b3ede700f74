"""The recipe of every task on real rows: value, interval, best baseline, time, memory.

python -m benchmarks.tasks DATA [NAME ...]

DATA is a folder with the public files that the recipes name (banking77, GoEmotions, WNUT17, XQuAD,
CMRC 2018, Tatoeba); recipes over the catalog need none of it. Each run is a process of its own.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

SMALL = ("data.split.test=0.1", "data.split.validation=0.03", "training.num_epochs=1")
RUNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "intents": (
        "intents",
        ("data.source=@banking77_train.csv", "data.split.test=@banking77_test.csv"),
    ),
    "emotions": ("emotions", ("data.source=@goemotions_10000.tsv",)),
    "tweet entities": ("entities", ()),
    "wnut17": (
        "entities",
        (
            "data.source=@wnut17.train.conll",
            "data.split.test=@wnut17.dev.conll",
            "training.num_epochs=3",
        ),
    ),
    "xquad": ("questions", ("data.source=@xquad.en.json",)),
    "cmrc2018": (
        "questions-zh",
        ("data.source=@cmrc2018_trial.json", "model.max_length=256", "training.num_epochs=2"),
    ),
    "ratings": ("ratings", ()),
    "summaries": ("summaries", ("model.max_length=256", "training.num_epochs=1")),
    "small talk": ("small-talk", SMALL),
    "translation": (
        "translation-zh",
        ("data.source=@tatoeba_en_zh.tsv", "model.base=@translator", "training.num_epochs=3"),
    ),
    "reviews": (
        "reviews-zh",
        ("data.split.test=0.05", "data.split.validation=0.02", "training.max_steps=220"),
    ),
}


def main() -> None:
    """Measure the runs that are named, else all."""
    data, names = Path(sys.argv[1]).resolve(), sys.argv[2:] or list(RUNS)
    recipes = Path("recipes").resolve()
    for name in names:
        recipe, settings = RUNS[name]
        with TemporaryDirectory() as folder:
            run = Path(folder) / "run"
            told = [f"run.folder={run}", *(one.replace("@", f"{data}/") for one in settings)]
            sets = [word for setting in told for word in ("--set", setting)]
            command = [sys.executable, "-m", "luthier", "train", str(recipes / f"{recipe}.yaml")]
            path = os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])
            start = time.perf_counter()
            subprocess.run(  # in DATA, where recipes find the files they name
                [*command, *sets],
                check=True,
                cwd=data,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
            )
            report(name, run, time.perf_counter() - start)


def report(name: str, run: Path, wall: float) -> None:
    """Print one run as a row of a Markdown table."""
    facts = json.loads((run / "environment.json").read_text("utf-8"))
    found = json.loads((run / "evaluation.json").read_text("utf-8"))
    metric, against = found["primary"], found["comparison"]["against"]
    ours, theirs = found["metrics"][metric], found["baselines"][against][metric]
    print(
        f"| {name} | {metric} | {_interval(ours)} | {against} {theirs['value']:.3f} "
        f"| {_interval(found['comparison'], 'difference')} | {wall:.0f} s "
        f"| {facts['peak_memory_bytes'] / 1e9:.1f} GB |",
        flush=True,
    )


def _interval(found: dict[str, Any], key: str = "value") -> str:
    return f"{found[key]:.3f} ({found['low']:.3f} to {found['high']:.3f})"


if __name__ == "__main__":
    main()
