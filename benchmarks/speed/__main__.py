"""How fast Luthier tunes and predicts, beside others, on this machine.

    python -m benchmarks.speed [--suite NAME ...] [--seeds 3] [--rows N] [--test-rows N]
                               [--data DIR] [--output bench]

Suites: full, top, head, target, search, chat, chat_top, predict, scale, levers; else all of them.
DIR holds the public files banking77_train.csv and banking77_test.csv; without it only what the
catalog has is measured (spam-mail and small-talk). Every measurement is a process of its own with
an empty cache; contenders take turns, seed by seed (A B A B). Written are bench.json, bench.md and
bench.svg; items of an earlier bench.json that are not measured now stay.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.speed.picture import picture
from benchmarks.speed.suites import SUITES, Item
from benchmarks.speed.table import markdown
from benchmarks.speed.tally import tallied
from benchmarks.speed.turns import turns
from luthier.core.cache import cache_folder
from luthier.core.files import read_json, write_json, write_text
from luthier.core.runs import environment

_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "true",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "PYTHONWARNINGS": "ignore",
}
_FIRST_SEED = 7
_FETCHED = ("models", "packages", "archives")


class Bench:
    """One call of this program: what was asked for, and where results go."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.output = Path(options.output).resolve()
        self.seeds = [_FIRST_SEED + number for number in range(options.seeds)]
        self._count = 0

    def measure(self, item: Item) -> dict[str, Any]:
        """All contenders of an item, in turn, and what comes of it."""
        print(f"\n{item.title}", flush=True)
        with TemporaryDirectory(prefix="luthier-bench-") as folder:
            stocks = {
                times: self._stock(item, times, Path(folder) / f"stock-{times}")
                for times in sorted({contender.rows for contender in item.contenders})
            }
            runs = []
            for seed, contender in turns(item.contenders, self.seeds):
                told = (contender.program, dict(contender.options), seed)
                found = self._run(item, told, Path(folder) / f"stock-{contender.rows}")
                runs.append({"contender": contender.name, "seed": seed, **found})
                print(
                    f"  {contender.name}, seed {seed}: {found['train_seconds']:.1f} s of training, "
                    f"{found['process_seconds']:.1f} s in all",
                    flush=True,
                )
        return {**tallied(item, runs, list(stocks.values())), **environment()}

    def _stock(self, item: Item, times: int, folder: Path) -> dict[str, Any]:
        rows = times * (self.options.rows or item.rows)
        told = {
            "data": item.data,
            "rows": rows,
            "test_rows": self.options.test_rows or item.test_rows,
            "folder": self.options.data and str(Path(self.options.data).resolve()),
            "is_tuned_before": item.is_tuned_before,
            "has_validation": item.is_followed,
        }
        found: dict[str, Any] = self._run(item, ("stock", told, self.seeds[0]), folder)
        print(f"  {found['rows']:,} rows, {found['tokens']:,} tokens", flush=True)
        return found

    def _run(self, item: Item, told: tuple[str, dict[str, Any], int], stock: Path) -> Any:
        """One process, with a scratch folder and a cache of its own; its noise goes to a log."""
        program, options, seed = told
        self._count += 1
        log = self.output / "logs" / f"{item.name}-{self._count}-{program}.txt"
        log.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="luthier-bench-") as folder:
            scratch = Path(folder)
            (scratch / "work").mkdir()
            errand = {
                "program": program,
                "recipe": dict(item.recipe),
                "options": options,
                "stock": str(stock),
                "scratch": str(scratch / "work"),
                "seed": seed,
            }
            write_json(scratch / "errand.json", errand)
            command = [sys.executable, "-m", "benchmarks.speed.worker"]
            command += [str(scratch / "errand.json"), str(scratch / "answer.json")]
            environ = {**os.environ, **_QUIET}
            if program != "stock":  # which may have to fetch, and leaves what it fetched
                environ["LUTHIER_CACHE"] = str(_empty_cache(scratch / "cache"))
            with log.open("w", encoding="utf-8") as file:
                done = subprocess.run(command, stdout=file, stderr=file, env=environ, check=False)
            if done.returncode:
                raise SystemExit(f"{item.name}: {program} failed; its last words are in {log}")
            return read_json(scratch / "answer.json")


def _empty_cache(folder: Path) -> Path:
    """A cache that holds what was fetched, and nothing that was computed."""
    folder.mkdir()
    for name in _FETCHED:
        if (there := cache_folder() / name).is_dir():
            (folder / name).symlink_to(there, target_is_directory=True)
    return folder


def write(output: Path, items: dict[str, dict[str, Any]]) -> None:
    """bench.json, bench.md and bench.svg."""
    in_order = [
        items[item.name] for suite in SUITES.values() for item in suite if item.name in items
    ]
    write_json(output / "bench.json", {"items": items})
    write_text(output / "bench.md", markdown(in_order))
    write_text(output / "bench.svg", picture(in_order))


def main() -> None:
    """Measure the suites that are named, else all; results are written after each item."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suite", nargs="+", choices=[*SUITES, "all"], default=["all"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, help="training rows, else as the suite has them")
    parser.add_argument("--test-rows", type=int, help="test rows, else as the suite has them")
    parser.add_argument("--data", help="folder with the public files of banking77")
    parser.add_argument("--output", default="bench")
    bench = Bench(parser.parse_args())
    options = bench.options
    names = list(SUITES) if "all" in options.suite else options.suite
    kept = bench.output / "bench.json"
    items = read_json(kept)["items"] if kept.exists() else {}
    for item in (item for name in names for item in SUITES[name]):
        if item.data == "banking77" and options.data is None:
            print(f"\n{item.title}: left out, because --data names no folder.", flush=True)
            continue
        items[item.name] = bench.measure(item)
        write(bench.output, items)
        print(markdown([items[item.name]]), flush=True)


if __name__ == "__main__":
    main()
