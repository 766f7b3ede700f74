"""How often `keep_language` tells the right language, on texts whose language is known.

    python -m benchmarks.languages [--table FILE.tsv FIRST SECOND]

The mixture: the dialogues of `catalog:small-talk`, a turn a text, in those of its languages that
the model knows; Chinese reviews; the English mails of `catalog:spam-mail`, extracted. A table of
sentence pairs (two columns of a tsv file) may be added with its two languages.
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from luthier.core.records import Row
from luthier.data.catalog.small_talk import FOLDERS
from luthier.data.cleaner import Tally
from luthier.data.cleaners.extract_text import ExtractText
from luthier.data.cleaners.keep_language import KeepLanguage
from luthier.data.open import read_rows
from luthier.data.text.fields import texts_of

MOST = 2000  # texts of a source
_KINDS = {"unknown language": "unknown", "another language": "wrong"}
BOUNDS = (10, 20, 50, 100)  # characters, where the classes of length end
UNKNOWN = "hi-Latn"  # a language of small-talk that the model does not know


def mixture() -> Iterator[tuple[str, str, str]]:
    """Source, language and text."""
    for language in FOLDERS:
        if language == UNKNOWN:
            continue
        rows = read_rows([{"catalog": {"name": "small-talk", "options": {"language": language}}}])
        texts = (text for row in rows.rows() for text in texts_of(row))
        for text in islice(texts, MOST):
            yield "small-talk", language.partition("-")[0], text
    for row in islice(read_rows(["catalog:chinese-reviews"]).rows(), MOST):
        yield "reviews", "zh", row["text"]
    mails = islice(read_rows(["catalog:spam-mail"]).rows(), MOST)
    for row in ExtractText().clean(mails, Tally("extract_text"), Path()):
        yield "mail", "en", row["text"]


def pairs(path: Path, languages: tuple[str, str]) -> Iterator[tuple[str, str, str]]:
    """The same of a table of sentence pairs."""
    with path.open(encoding="utf-8") as file:
        for line in islice(file, MOST):
            for language, text in zip(languages, line.rstrip("\n").split("\t")[-2:], strict=True):
                yield path.stem, language, text


def report(texts: Iterable[tuple[str, str, str]]) -> None:
    """Accuracy by source and language, and by length."""
    cleaners: dict[str, KeepLanguage] = {}
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    by_length: dict[int, Counter[str]] = defaultdict(Counter)
    seconds = 0.0
    for source, language, text in texts:
        if language not in cleaners:
            cleaners[language] = KeepLanguage(languages=(language,), unknown="drop")
        row, tally = Row({"text": text}), Tally("keep_language")
        start = time.process_time()
        cleaners[language].repair(row, tally)
        seconds += time.process_time() - start
        kind = next((_KINDS[reason] for reason in tally.dropped), "right")
        found[source, language][kind] += 1
        by_length[sum(len(text) >= bound for bound in BOUNDS)][kind] += 1
    print(f"{'source':<12} {'language':<10} {'texts':>7} {'right':>7} {'unknown':>8} {'wrong':>7}")
    for (source, language), counts in found.items():
        print(f"{source:<12} {language:<10} {_shares(counts)}")
    total: Counter[str] = Counter()
    for place in sorted(by_length):
        last = place < len(BOUNDS)
        print(f"{f'under {BOUNDS[place]}' if last else 'longer':<23} {_shares(by_length[place])}")
        total += by_length[place]
    print(f"{'all':<23} {_shares(total)}   {total.total() / seconds:,.0f} texts/s/core")


def _shares(counts: Counter[str]) -> str:
    total = counts.total()
    kinds = (counts[kind] / total for kind in ("right", "unknown", "wrong"))
    return f"{total:>7,} " + " ".join(f"{share:>7.1%}" for share in kinds)


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--table", nargs=3, metavar=("FILE", "FIRST", "SECOND"))
    options = parser.parse_args()
    texts = mixture()
    if options.table:
        path, *languages = options.table
        more = pairs(Path(path), (languages[0], languages[1]))
        report([*texts, *more])
    else:
        report(texts)


if __name__ == "__main__":
    main()
