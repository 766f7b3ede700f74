"""Near-duplicates on planted copies: recall, precision, time and memory, beside a peer.

    python -m benchmarks.near_duplicates [--rows 1000000] [--peer]

One row in four is an earlier one with up to three words changed; how alike they are is computed
from the definition, by sets of runs of five words, apart from the code that is measured. `--peer`
runs the same rows through MinHash LSH of datasketch as text-dedup uses it, with the same threshold
and number of permutations; `pip install datasketch` brings it, Luthier does not need it. Time is
processor time of the cleaner alone, without making the rows; memory is the peak of a process that
does nothing else.
"""

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.cleaning import timed
from benchmarks.planted_copies import RUN, planted, similarity
from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.drop_near_duplicates import DropNearDuplicates

THRESHOLD = 0.8
PERMUTATIONS = 128
BANDS = (0.8, 0.85, 0.9, 0.95, 1.0)
GOALS = "goal for a million rows: at most 600 s on two cores, at most 4,096 MB"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run took and did.

    Attributes:
        rows: that came in.
        dropped: that went no further.
        seconds: of processor time.
        wall: seconds on the clock, making the rows included.
        megabytes: of memory at the peak.
        planted: copies by how alike they are to their original, from each of BANDS on.
        found: those of them that were dropped.
        precision: share of dropped rows that are as alike to the row named as the threshold asks.
    """

    rows: int
    dropped: int
    seconds: float
    wall: float
    megabytes: float
    planted: list[int]
    found: list[int]
    precision: float


class Dropped:
    """The numbers of dropped rows, and for each the id of the row it repeats."""

    def __init__(self) -> None:
        self.numbers, self.ids = array("q"), bytearray()

    def __call__(self, row: Row, reason: str, because_of: str | None) -> None:
        """Take in what a tally or a peer tells."""
        assert because_of is not None, f"{reason} names a row"
        self.numbers.append(row["number"])
        self.ids += bytes.fromhex(because_of)

    def leaders(self) -> dict[int, str]:
        """Number of a dropped row -> id of the row it repeats."""
        hexes = (self.ids[start : start + 16].hex() for start in range(0, len(self.ids), 16))
        return dict(zip(self.numbers, hexes, strict=True))


def rows(count: int) -> Iterator[Row]:
    """The planted rows, each with its number."""
    for number, row in enumerate(planted(count)):
        yield Row({"text": row.text, "number": number})


def ours(stream: Iterator[Row], dropped: Dropped) -> int:
    """Run the cleaner; how many rows stay."""
    with TemporaryDirectory() as scratch:
        cleaner = DropNearDuplicates(threshold=THRESHOLD, num_permutations=PERMUTATIONS)
        kept = cleaner.clean(stream, Tally("near", on_drop=dropped), Path(scratch))
        return sum(1 for _ in kept)


def datasketch(stream: Iterator[Row], dropped: Dropped) -> int:
    """Run MinHash LSH: a row goes if any row kept before is a candidate; none is verified."""
    from datasketch import MinHash, MinHashLSH

    index, kept = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS), 0
    for row in stream:
        words = row["text"].lower().split()
        runs = {" ".join(words[at : at + RUN]).encode() for at in range(len(words) - RUN + 1)}
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch(list(runs))
        candidates = index.query(signature)
        if candidates:
            dropped(row, "candidate", min(candidates))
        else:
            index.insert(row.id, signature, check_duplication=False)
            kept += 1
    return kept


CONTENDERS: dict[str, Callable[[Iterator[Row], Dropped], int]] = {
    "luthier": ours,
    "datasketch": datasketch,
}


def measure(name: str, count: int) -> Measured:
    """Run one contender in this process."""
    dropped, spent = Dropped(), [0.0]
    start, wall = time.process_time(), time.perf_counter()
    kept = CONTENDERS[name](timed(rows(count), spent), dropped)
    seconds, wall = time.process_time() - start - spent[0], time.perf_counter() - wall
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert kept + len(dropped.numbers) == count, "every row stays or goes"
    found, there, precision = judge(count, dropped.leaders())
    return Measured(
        rows=count,
        dropped=len(dropped.numbers),
        seconds=seconds,
        wall=wall,
        megabytes=megabytes,
        planted=there,
        found=found,
        precision=precision,
    )


def judge(count: int, leaders: dict[int, str]) -> tuple[list[int], list[int], float]:
    """Make all rows again, and hold what was dropped against what was planted."""
    found, there = [0] * len(BANDS), [0] * len(BANDS)
    wanted, texts = set(leaders.values()), dict[str, str]()
    right = 0
    for number, row in enumerate(planted(count)):
        own = Row({"text": row.text, "number": number}).id
        if own in wanted:
            texts[own] = row.text
        if number in leaders:
            alike = similarity(row.text.split(), texts[leaders[number]].split())
            right += alike >= THRESHOLD
        if row.original is not None and row.similarity >= BANDS[0]:
            band = max(place for place, least in enumerate(BANDS) if row.similarity >= least)
            there[band] += 1
            found[band] += number in leaders
    return found, there, right / max(1, len(leaders))


def in_own_process(name: str, count: int) -> Measured:
    """The same in a fresh process, whose peak of memory is its own."""
    command = [sys.executable, "-m", "benchmarks.near_duplicates", "--rows", str(count)]
    done = subprocess.run([*command, "--measure", name], check=True, stdout=subprocess.PIPE)
    return Measured(**json.loads(done.stdout))


def show(name: str, run: Measured) -> None:
    """Print one contender's figures."""
    print(
        f"{name}: {run.rows:,} rows, {run.dropped:,} dropped, {run.seconds:.1f} s of one core "
        f"({run.wall:.0f} s on the clock), {run.megabytes:,.0f} MB at the peak"
    )
    recall = sum(run.found) / max(1, sum(run.planted))
    print(f"  recall {recall:.4f}, precision {run.precision:.4f}")
    uppers = [*(f"below {least}" for least in BANDS[1:]), "all"]
    for least, upper, there, found in zip(BANDS, uppers, run.planted, run.found, strict=True):
        print(f"  similarity from {least}, {upper}: {found:,} of {there:,} copies found")


def main() -> None:
    """Measure, each contender in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peer", action="store_true", help="datasketch as well")
    parser.add_argument("--measure", choices=CONTENDERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(asdict(measure(options.measure, options.rows))))
        return
    if options.peer and importlib.util.find_spec("datasketch") is None:
        parser.error("the peer is not installed: pip install datasketch")
    for name in CONTENDERS if options.peer else ["luthier"]:
        show(name, in_own_process(name, options.rows))
    print(GOALS)


if __name__ == "__main__":
    main()
