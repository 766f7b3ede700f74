"""How fast rows are judged by rules of quality, beside datatrove's filters on the same rows.

    python -m benchmarks.filters [--peer PYTHON]

The rows are the texts of `catalog:spam-mail`. Ours is `keep_quality`, which applies its rules in
one pass; datatrove has Gopher's rules for quality and for repetition and C4's in three filters.
PYTHON is one that has datatrove: `pip install "datatrove[processing]" spacy` into an environment of
its own. Time is processor time on one core.
"""

import argparse
import json
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.personal_data import mails
from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.cleaner import Tally


def ours(rows: list[Row]) -> tuple[float, int]:
    """Seconds, and rows that stay."""
    with TemporaryDirectory() as scratch:
        cleaner = Menu("luthier.data.cleaners").build("keep_quality")
        start = time.process_time()
        kept = sum(1 for _ in cleaner.clean(rows, Tally("keep_quality"), Path(scratch)))
        return time.process_time() - start, kept


def peer(rows: list[Row], python: str) -> dict[str, tuple[float, int]]:
    """The same of each filter of datatrove."""
    with TemporaryDirectory() as scratch:
        path = Path(scratch, "rows.jsonl")
        path.write_text("".join(json.dumps({"text": row["text"]}) + "\n" for row in rows), "utf-8")
        command = [python, "-m", "benchmarks.datatrove_filters", str(path)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return {name: (each["seconds"], each["kept"]) for name, each in told.items()}


def main() -> None:
    """Measure both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peer", metavar="PYTHON", help="a Python that has datatrove")
    options = parser.parse_args()
    rows = mails()
    size = sum(len(row["text"].encode("utf-8", "surrogatepass")) for row in rows) / 1e6
    measured: dict[str, tuple[float, int | None]] = {"luthier keep_quality": ours(rows)}
    if options.peer:
        others = peer(rows, options.peer)
        measured |= {f"datatrove {name}": each for name, each in others.items()}
        seconds = sum(each for each, _ in others.values())
        measured["datatrove, all three"] = (seconds, None)
    print(f"{'filter':<36} {'rows/s':>8} {'MB/s':>8} {'kept':>8}")
    for name, (seconds, kept) in measured.items():
        told = "" if kept is None else f"{kept:,}"
        print(f"{name:<36} {len(rows) / seconds:>8,.0f} {size / seconds:>8.2f} {told:>8}")


if __name__ == "__main__":
    main()
