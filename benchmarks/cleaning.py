"""How fast the cleaners are on real mails, and how their memory grows with the number of mails.

    python -m benchmarks.cleaning [--folder FOLDER] [--copies 10] [--limit N]

The mails are those of `catalog:spam-mail`, fetched if need be. More of them are made by giving
each copy's subject as many random words as the mail has, so that copies are no duplicates. Then
each cleaner is measured by itself, on mails, English and Chinese chats, and Chinese reviews.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import cleaning_speed
from luthier.core.packages import fetch
from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.catalog.spam_mail import SpamMail
from luthier.data.cleaner import Tally

CHAIN = ("fix_encoding", "extract_text", "drop_duplicates", "drop_near_duplicates")
VOCABULARY = 50_000
GOAL_PER_MINUTE = 2_000
GOAL_GROWTH = 0.2


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run of the chain took, and what each step did: rows changed, rows dropped.

    `megabytes` is the peak of memory, `volume` what all mails have, in millions of characters.
    """

    mails: int
    kept: int
    seconds: float
    megabytes: float
    volume: float
    steps: dict[str, tuple[int, int]]

    @property
    def per_minute(self) -> float:
        """Mails a minute on one core."""
        return 60 * self.mails / self.seconds


def mails(folder: Path, copies: int, limit: int | None) -> Iterator[Row]:
    """All mails, then all of them again in other words, as often as asked for."""
    for copy in range(copies):
        for number, found in enumerate(islice(SpamMail().rows(folder), limit)):
            text = found.fields["text"]
            fields = {**found.fields, "text": varied(text, copy, number) if copy else text}
            yield Row(fields)


def varied(mail: str, copy: int, number: int) -> str:
    """The mail with as many random words in its subject as it has itself, at least 20."""
    dice = random.Random(f"{copy}/{number}")
    count = max(20, len(mail.split()))
    words = " ".join(f"w{dice.randrange(VOCABULARY)}" for _ in range(count))
    first, _, rest = mail.partition("\n")
    return f"{first}\nSubject: {words}\n{rest}"


def timed(rows: Iterable[Row], spent: list[float]) -> Iterator[Row]:
    """Pass rows on; what it takes to get them is added to `spent`."""
    iterator = iter(rows)
    while True:
        start = time.process_time()
        row = next(iterator, None)
        spent[0] += time.process_time() - start
        if row is None:
            return
        yield row


def _weighed(rows: Iterable[Row], volume: list[int]) -> Iterator[Row]:
    for row in rows:
        volume[0] += len(row["text"])
        yield row


def measure(folder: Path, copies: int, limit: int | None) -> Measured:
    """Run the chain once in this process."""
    menu = Menu("luthier.data.cleaners")
    reading, total, volume = [0.0], [0.0], [0]
    tallies = [Tally(name) for name in CHAIN]
    with TemporaryDirectory() as scratch:
        stream: Iterable[Row] = timed(_weighed(mails(folder, copies, limit), volume), reading)
        for tally in tallies:
            own = Path(scratch, tally.name)
            own.mkdir()
            stream = menu.build(tally.name).clean(stream, tally, own)
        kept = sum(1 for _ in timed(stream, total))
    return Measured(
        mails=tallies[0].rows_in,
        kept=kept,
        seconds=total[0] - reading[0],
        volume=volume[0] / 1e6,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        steps={tally.name: (tally.changed, tally.dropped.total()) for tally in tallies},
    )


def in_own_process(folder: Path, copies: int, limit: int | None) -> Measured:
    """The same in a fresh process, whose peak of memory is its own."""
    command = [sys.executable, "-m", "benchmarks.cleaning", "--folder", str(folder), "--measure"]
    command += ["--copies", str(copies), *(["--limit", str(limit)] if limit else [])]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Measured(**json.loads(done.stdout))


def main() -> None:
    """Measure at one and at many copies, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, help="the unpacked package of mails")
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--limit", type=int, help="how many mails to take of the 6,046")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = options.folder or fetch(SpamMail.package)
    if options.measure:
        print(json.dumps(asdict(measure(folder, options.copies, options.limit))))
        return
    once = in_own_process(folder, 1, options.limit)
    often = in_own_process(folder, options.copies, options.limit)
    print(f"{'mails':>8} {'kept':>8} {'CPU s':>8} {'mails/min':>15} {'MB/s':>10} {'peak MB':>8}")
    for run in (once, often):
        print(
            f"{run.mails:>8} {run.kept:>8} {run.seconds:>8.1f} "
            f"{run.per_minute:>15,.0f} {run.volume / run.seconds:>10.1f} {run.megabytes:>8.1f}"
        )
    for name, (changed, dropped) in once.steps.items():
        print(f"  {name}: {changed} changed, {dropped} dropped")
    growth = often.megabytes / once.megabytes - 1
    print(f"memory: {growth:+.1%} (at most {GOAL_GROWTH:+.0%} is the goal)")
    cleaning_speed.main(options.limit, folder)
    print(f"speed: at least {GOAL_PER_MINUTE:,} mails a minute on one core is the goal")


if __name__ == "__main__":
    main()
