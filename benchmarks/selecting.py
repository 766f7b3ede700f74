"""Does a selector reach with 30 % of the rows what random rows reach with 50 %?

    python -m benchmarks.selecting TRAIN [--base catalog:minilm] [--seeds 5] [--output DIR]

TRAIN is a file of texts and labels, such as that of banking77; its validation rows are split off
it, and no test file is read. The judge is a linear head on frozen features. Each selector's 30 %
are held against random's 50 % of the same seed; the interval is a bootstrap over seeds and rows.
"""

import argparse
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from luthier.core.yaml import parse_value
from luthier.data.prepare import prepare
from luthier.evaluation.selection.compare import SELECTORS, compare_selectors
from luthier.evaluation.selection.page import write_comparison

FEW, MANY = 0.3, 0.5


def reaching(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Each selector's few rows beside the many random ones."""
    rows = []
    many = next(p for p in report["selectors"][0]["points"] if p["share"] == MANY)
    for one in report["selectors"]:
        few = next(p for p in one["points"] if p["share"] == FEW)
        rows.append(
            {
                "selector": one["name"],
                "few": few["value"],
                "random_many": many["value"],
                "difference": few["value"] - many["value"],
                "worth_random_share": few["random_share"],
            }
        )
    return rows


def main() -> None:
    """Compare, print the table, and answer the question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("--base", default="catalog:minilm")
    parser.add_argument("--validation", type=float, default=0.3)
    parser.add_argument("--selectors", default=None, help="as `luthier select --selectors`")
    parser.add_argument("--shares", default="0.1,0.3,0.5")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--max-length", type=int, default=64)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    start = time.monotonic()
    with TemporaryDirectory() as folder:
        data = {
            "source": str(options.train),
            "split": {"validation": options.validation, "test": 0},
        }
        dataset = prepare({"data": data}, Path(folder) / "rows", check=False)
        report = compare_selectors(
            dataset,
            options.base,
            max_length=options.max_length,
            selectors=parse_value(f"[{options.selectors}]") if options.selectors else SELECTORS,
            shares=parse_value(f"[{options.shares}]"),
            seeds=options.seeds,
            say=print,
            on_trial=lambda done, total: print(f"{done}/{total}", flush=True),
        )
    found = reaching(report)
    for line in [*report["lines"], "", *map(json.dumps, found)]:
        print(line)
    reached = [row["selector"] for row in found[1:] if row["difference"] >= 0]
    print(f"Reach with {FEW:.0%} what random reaches with {MANY:.0%}: {reached or 'none'}")
    print(f"{time.monotonic() - start:.0f} s")
    if options.output:
        write_comparison(report, options.output, language="en")


if __name__ == "__main__":
    main()
