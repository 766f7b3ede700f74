"""How much planted personal data is found, how many decoys are taken for it, and how fast.

    python -m benchmarks.personal_data [--samples 60000] [--mails]

The samples are sentences, English and Chinese, with an invented value, a number that only looks
like one, or both. A value counts as found if all of it is taken for its kind; what is taken where
nothing was planted counts against precision. `--mails` also runs through `catalog:spam-mail`,
where nobody knows what is there: only the speed and the counts are told.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence

from benchmarks.planted_personal_data import MAKERS, samples
from luthier.core.packages import fetch
from luthier.core.records import Row
from luthier.data.catalog.spam_mail import SpamMail
from luthier.data.cleaner import Tally
from luthier.data.cleaners.extract_text import ExtractText
from luthier.data.cleaners.fix_encoding import FixEncoding
from luthier.data.cleaners.mask_personal_data import MaskPersonalData
from luthier.data.personal.finder import Finder, Kind

KINDS: tuple[Kind, ...] = ("email", "phone", "id_card", "bank_card", "iban", "ip_address")
REGIONS = ("CN", "US")


def quality(count: int) -> None:
    """Print recall and precision of each kind."""
    finder = Finder(KINDS, REGIONS)
    planted, found, wrong = Counter[str](), Counter[str](), Counter[str]()
    for sample in samples(count):
        values = finder.find(sample.text)
        for kind, start, end in sample.values:
            planted[kind] += 1
            found[kind] += any(v[2] == kind and v.start <= start and v.end >= end for v in values)
        for value in values:
            spans = ((start, end) for _, start, end in sample.values)
            if not any(value.start < end and value.end > start for start, end in spans):
                wrong[value.kind] += 1
    print(f"{'kind':<12} {'planted':>8} {'recall':>8} {'precision':>10}")
    for kind in MAKERS:
        taken = found[kind] + wrong[kind]
        shares = f"{found[kind] / planted[kind]:>8.4f} {found[kind] / max(1, taken):>10.4f}"
        print(f"{kind:<12} {planted[kind]:>8,} {shares}")


def speed(name: str, rows: Sequence[Row]) -> None:
    """Print how fast the cleaner is on one core, and what it found."""
    cleaner, tally = MaskPersonalData(), Tally("mask")
    size = sum(len(row["text"].encode("utf-8", "surrogatepass")) for row in rows)
    start = time.process_time()
    for row in rows:
        cleaner.repair(row, tally)
    seconds = time.process_time() - start
    print(
        f"{name}: {len(rows):,} rows of {size / 1e6:.1f} MB, {size / 1e6 / seconds:.1f} MB/s, "
        f"{len(rows) / seconds:,.0f} rows/s; {dict(tally.notes)}"
    )


def mails() -> list[Row]:
    """The mails as text, as the two cleaners before this one leave them."""
    fix, extract, tally = FixEncoding(), ExtractText(), Tally("before")
    rows = (Row(found.fields) for found in SpamMail().rows(fetch(SpamMail.package)))
    fixed = (row for each in rows if (row := fix.repair(each, tally)) is not None)
    return [row for each in fixed if (row := extract.repair(each, tally)) is not None]


def main() -> None:
    """Measure quality, then speed where there is much to find, and where there is little."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=60_000)
    parser.add_argument("--mails", action="store_true")
    options = parser.parse_args()
    quality(options.samples)
    for fillers, name in ((2, "a value in two of three short rows"), (40, "the same in long rows")):
        made = samples(options.samples // 10, fillers=fillers)
        speed(name, [Row({"text": sample.text}) for sample in made])
    if options.mails:
        speed("mails", mails())


if __name__ == "__main__":
    main()
