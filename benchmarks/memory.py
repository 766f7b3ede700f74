"""Peak memory of `luthier prepare` on the mails, and on ten times as many.

    python -m benchmarks.memory [--copies 10]

The larger file holds each mail ten times, in other words each time, so that none is a duplicate.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.cleaning import CHAIN, mails
from luthier.core.packages import fetch
from luthier.data.catalog.spam_mail import SpamMail


def main() -> None:
    """Prepare both files, each in a process of its own, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--prepare", nargs=2, metavar=("FILE", "OUTPUT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.prepare:
        _prepare(*arguments.prepare)
        return
    folder, measured = fetch(SpamMail.package), []
    for copies in (1, arguments.copies):
        with TemporaryDirectory() as scratch:
            path = Path(scratch) / "mails.jsonl"
            with path.open("w", encoding="utf-8", errors="surrogatepass") as file:
                for row in mails(folder, copies, None):
                    file.write(json.dumps(dict(row.fields)) + "\n")
            command = [sys.executable, "-m", "benchmarks.memory", "--prepare"]
            more = [str(path), str(Path(scratch) / "data")]
            found = subprocess.run([*command, *more], check=True, capture_output=True, text=True)
            measured.append(json.loads(found.stdout))
            print(
                f"{measured[-1]['rows']:>7,} rows kept  {measured[-1]['seconds']:6.1f} s  "
                f"{measured[-1]['megabytes']:6.1f} MB",
                flush=True,
            )
    print(f"growth {measured[1]['megabytes'] / measured[0]['megabytes'] - 1:.1%}")


def _prepare(path: str, output: str) -> None:
    from luthier.data.prepare import prepare

    start = time.perf_counter()
    recipe = {"data": {"source": path, "clean": list(CHAIN)}}
    dataset = prepare(recipe, output)
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
