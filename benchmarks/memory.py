"""Peak memory of `luthier prepare` on few rows, and on ten times as many.

    python -m benchmarks.memory [--copies 10]
    python -m benchmarks.memory --rows 100000 1000000

The first prepares the mails of `catalog:spam-mail`, and then each of them ten times, in other words
each time, so that none is a duplicate. The second prepares so many short rows, of which some are
copies and some hold personal data, through every cleaner of the menu.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.cleaning import CHAIN, mails
from benchmarks.planted_copies import planted
from benchmarks.planted_personal_data import FILLER, samples
from luthier.core.packages import fetch
from luthier.data.catalog.spam_mail import SpamMail

ENGLISH = [sentence for sentence in FILLER if sentence.isascii()]
TEST_ROWS = 2_000


def every_cleaner(tests: Path, words: Path) -> list[Any]:
    """A chain of all cleaners; their options let nearly all of the short rows pass."""
    return [
        *("fix_encoding", "extract_text", "normalize", "fix_punctuation", "drop_boilerplate"),
        *("mask_personal_data", {"keep_length": {"min": 5}}, "keep_quality"),
        *(
            {"keep_language": {"languages": ["en", "zh", "de"]}},
            {"drop_toxic": {"words": str(words)}},
        ),
        *(
            "drop_duplicates",
            "drop_near_duplicates",
            {"drop_contaminated": {"against": str(tests)}},
        ),
    ]


def short_rows(count: int, seed: int = 7) -> Iterator[str]:
    """A sentence, words of a random row or its copy, and in some a value or a decoy."""
    letters = str.maketrans("0123456789", "ghijklmnop")
    samplings = samples(count, fillers=0, seed=seed)
    for number, (row, sample) in enumerate(zip(planted(count, seed), samplings, strict=True)):
        more = sample.text if number % 5 == 0 else ""
        yield f"{ENGLISH[number % len(ENGLISH)]} The {row.text.translate(letters)} is. {more}"


def main() -> None:
    """Prepare both files, each in a process of its own, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--rows", type=int, nargs=2, metavar=("FEW", "MANY"))
    parser.add_argument("--prepare", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.prepare:
        _prepare(*arguments.prepare)
        return
    measured = []
    for size in arguments.rows or (1, arguments.copies):
        with TemporaryDirectory() as scratch:
            found = _measure(Path(scratch), size, of_rows=arguments.rows is not None)
        measured.append(found["megabytes"])
        print(
            f"{found['rows']:>9,} rows kept  {found['seconds']:7.1f} s  "
            f"{found['megabytes']:7.1f} MB",
            flush=True,
        )
    print(f"growth {measured[1] / measured[0] - 1:.1%}")


def _measure(scratch: Path, size: int, *, of_rows: bool) -> dict[str, Any]:
    path, tests, words = (scratch / name for name in ("rows.jsonl", "tests.jsonl", "words.txt"))
    clean: list[Any] = list(CHAIN)
    if of_rows:
        _write(tests, ({"text": text} for text in short_rows(TEST_ROWS, seed=8)))
        _write(path, ({"text": text} for text in short_rows(size)))
        words.write_text("damnation\n", "utf-8")
        clean = every_cleaner(tests, words)
    else:
        _write(path, (dict(row.fields) for row in mails(fetch(SpamMail.package), size, None)))
    command = [sys.executable, "-m", "benchmarks.memory", "--prepare"]
    more = [str(path), str(scratch / "data"), json.dumps(clean)]
    done = subprocess.run([*command, *more], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", errors="surrogatepass") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _prepare(path: str, output: str, clean: str) -> None:
    from luthier.data.prepare import prepare

    start = time.perf_counter()
    dataset = prepare({"data": {"source": path, "clean": json.loads(clean)}}, output)
    print(
        json.dumps(
            {
                "rows": len(dataset),
                "seconds": time.perf_counter() - start,
                "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
