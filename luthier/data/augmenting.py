"""The augmenters of a recipe at work, and what they made held against all rows there are."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from luthier.core.config import MENUS
from luthier.core.records import Row
from luthier.data.augmenter import MAX_EXAMPLES, Added, Augmenter, Means
from luthier.data.duplicates.near_duplicates import NearDuplicates
from luthier.data.duplicates.shingles import text_of
from luthier.data.pipeline import example
from luthier.data.storage.spool import Spool, Waiting

REPEATS = "repeats a row there is already"
NEAR_HELD_OUT = "near-duplicate of a validation or test row"
_SHOWN = 4 * MAX_EXAMPLES  # kept for the report until it is known which of them stay
_EVERY = 1000
_TRIED = 1000

Rows = Callable[[], Iterable[Row]]
"""Opens a stream of rows anew."""


class Augmenting:
    """New training rows, on disk while this is entered, until it is known which of them stay.

    Each augmenter works on the training rows as they were prepared, none on what another made. Left
    out is what has the very text of any row there is, and what nearly repeats a row that the model
    will be judged by: a changed word can turn a training row into a test row.
    """

    def __init__(self, choices: Sequence[Any], means: Means, scratch: Path):
        self._augmenters = [_built(choice) for choice in choices]
        self.tallies = [Added(augmenter.name) for augmenter in self._augmenters]
        self._means = means
        self._scratch = Path(mkdtemp(dir=scratch, prefix="augment-"))
        self._texts = array("Q")
        self._makers = array("H")
        self._shown: list[tuple[int, Row, Row]] = []
        self._stays = np.empty(0, np.bool_)

    def make(self, rows: Rows, on_progress: Callable[[int], None]) -> Iterator[Row]:
        """Let all augmenters make their rows, and yield each, whether it stays or not.

        Args:
            rows: the training rows.
            on_progress: told from time to time how many there are.
        """
        for augmenter in self._augmenters:
            augmenter.begin(rows(), self._means)
        for number, (augmenter, tally) in enumerate(
            zip(self._augmenters, self.tallies, strict=True)
        ):
            shown = 0
            for parent, row in augmenter.augment(rows(), self._means, tally):
                if shown < _SHOWN:
                    self._shown.append((len(self._spool), parent, row))
                    shown += 1
                self._spool.add(row)
                self._texts.append(hash_of(text_of(row.fields)))
                self._makers.append(number)
                if len(self._spool) % _EVERY == 0:
                    on_progress(len(self._spool))
                yield row

    def compare(self, known: NDArray[np.uint64], held_out: Iterable[str]) -> None:
        """Settle which rows stay.

        Args:
            known: hashes of the texts of all rows there are, in any order.
            held_out: the texts of the validation and test rows.
        """
        texts = np.asarray(self._texts, np.uint64)
        is_new = ~_contained(texts, np.sort(known))
        firsts = np.zeros(len(texts), np.bool_)
        firsts[np.unique(texts, return_index=True)[1]] = True
        is_new &= firsts
        is_near = self._near(is_new, held_out)
        self._stays = is_new & ~is_near
        makers = np.asarray(self._makers)
        for number, tally in enumerate(self.tallies):
            own = makers == number
            tally.added = int(np.count_nonzero(own & self._stays))
            for reason, out in ((REPEATS, ~is_new), (NEAR_HELD_OUT, is_near)):
                if count := int(np.count_nonzero(own & out)):
                    tally.left_out[reason] = count
        for number, parent, row in self._shown:
            if self._stays[number]:
                self.tallies[makers[number]].show(parent, row)

    def rows(self) -> Iterator[Waiting]:
        """The rows that stay, augmenter by augmenter, in the order of their parents."""
        for row, stays in zip(self._spool, self._stays.tolist(), strict=True):
            if stays:
                yield row

    def __enter__(self) -> "Augmenting":
        self._spool = Spool(self._scratch)
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def _near(self, is_new: NDArray[np.bool_], held_out: Iterable[str]) -> NDArray[np.bool_]:
        """(N,) which of the new rows nearly repeat a held-out one."""
        compared = NearDuplicates(scratch=self._scratch)
        for text in held_out:
            compared.add(text)
        first = len(compared)
        numbers = np.flatnonzero(is_new)
        for row, is_asked in zip(self._spool, is_new.tolist(), strict=True):
            if is_asked:
                compared.add(text_of(row.fields))
        near = np.zeros(len(compared), np.bool_)
        for one, other in compared.matches():
            near[other] |= one < first <= other
        found = np.zeros(len(is_new), np.bool_)
        # Rows of one shingle set are matched by way of the first of them.
        found[numbers] = (near | near[compared.firsts()])[first:]
        return found


def augment_report(tally: Added) -> dict[str, Any]:
    """A tally as report.json tells it."""
    return {
        "name": tally.name,
        "rows_in": tally.rows_in,
        "chosen": tally.chosen,
        "added": tally.added,
        "left_out": dict(tally.left_out),
        "notes": {what: count for what, count in tally.notes.items() if count},
        "examples": [example(parent, row) for parent, row in tally.examples],
    }


def try_out(choices: Sequence[Any], rows: Rows, means: Means) -> list[dict[str, Any]]:
    """What augmenters would do with some rows, as `augment_report` tells it; no model is asked.

    Those that ask a model say what it would cost, if all rows were for training, and make nothing.
    """
    reports = []
    for augmenter in map(_built, choices):
        tally = Added(augmenter.name)
        augmenter.begin(rows(), means)
        if not augmenter.asks:
            some = (row for row, _ in zip(rows(), range(_TRIED), strict=False))
            for parent, row in augmenter.augment(some, means, tally):
                tally.added += 1
                tally.show(parent, row)
        reports.append(augment_report(tally))
    return reports


def hash_of(text: str) -> int:
    """By which equal texts are known."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def _built(choice: Any) -> Augmenter:
    augmenter: Augmenter = MENUS["augment"].build(choice)
    return augmenter


def _contained(values: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """(N,) which of the values are among the known ones, which are sorted."""
    if not len(known):
        return np.zeros(len(values), np.bool_)
    places = np.searchsorted(known, values)
    found: NDArray[np.bool_] = known[np.minimum(places, len(known) - 1)] == values
    return found
