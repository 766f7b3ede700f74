"""Drops rows that repeat a row of given test sets, as a whole or by a run of words."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, ClassVar, final

from pydantic import Field

from luthier.core.config import ChoiceList
from luthier.core.records import Row
from luthier.data.cleaner import Cleaner, Tally
from luthier.data.dataset import Dataset
from luthier.data.duplicates.held_out import HeldOut, Leak, Measure
from luthier.data.duplicates.shingles import text_of
from luthier.data.open import Written, name_of, read_rows

_BATCH = 1 << 17  # characters of the rows that are compared together
_ID_BYTES = 16


@final
class DropContaminated(Cleaner):
    """Drops rows that repeat a row of given test sets, as a whole or by a run of words.

    A model that has seen its examination is not examined. A row goes if it has a run of 13 words
    in common with a test row, or all words of one of 8 to 12 words (Brown et al. 2020, "Language
    models are few-shot learners", appendix C), without case and punctuation; where scripts have no
    spaces, 20 characters, the length of about 13 words. It also goes if it is a near-duplicate as
    a whole: a Jaccard similarity of the shingles of at least `threshold`, compared exactly. Labels
    and answers are not compared. Rows from a split's own source for validation or test stay.

    Args:
        against: the test sets: files, folders, catalog:name. Of a dataset folder its test split
            counts, or if it has none all of it.
        words: of a run in common.
        characters: of a run in common, where scripts put no spaces between words.
        most: test rows that may share a run; what more of them share, such as an instruction, is no
            sign that any of them was seen.
        threshold: the similarity, above 0 and up to 1, from which a row repeats a test row as a
            whole; null compares runs only.

    Raises:
        UserError: a test set is missing, or of no shape that is known; when the first row is asked
            for.
    """

    spares_held_out: ClassVar[bool] = True

    def __init__(
        self,
        *,
        against: Annotated[ChoiceList, Field(min_length=1)],
        words: Annotated[int, Field(ge=5)] = 13,
        characters: Annotated[int, Field(ge=5)] = 20,
        most: Annotated[int, Field(ge=1)] = 10,
        threshold: Annotated[float | None, Field(gt=0, le=1)] = 0.8,
    ):
        self._against = against
        self._measure = Measure(words, characters, most, threshold)

    def clean(self, rows: Iterable[Row], tally: Tally, scratch: Path) -> Iterator[Row]:
        """Yield the rows that repeat no test row, some hundred at a time."""
        tests = _TestRows(self._against, self._measure)
        for batch in _batches(rows):
            tally.rows_in += len(batch)
            leaks = tests.held_out.leaks([text_of(row.fields) for row in batch])
            for row, leak in zip(batch, leaks, strict=True):
                if leak is None:
                    yield row
                else:
                    tally.drop(row, tests.reason(leak), because_of=tests.id(leak.row))
        for name, total, seen in tests.counts():
            tally.notes[f"rows of {name}"] = total
            tally.notes[f"rows of {name} that are repeated"] = seen


class _TestRows:
    """The rows of all test sets, indexed; of each is known its id and the set that it is of."""

    def __init__(self, against: Iterable[Written], measure: Measure):
        self._ids = bytearray()
        self._names: list[str] = []
        self._ends: list[int] = []
        self._seen: set[int] = set()
        self.held_out = HeldOut(self._texts(against), measure)

    def id(self, row: int) -> str:
        """The id of a test row."""
        return self._ids[_ID_BYTES * row : _ID_BYTES * (row + 1)].hex()

    def reason(self, leak: Leak) -> str:
        """Why a row goes, as the report counts it."""
        self._seen.add(leak.row)
        what = "near-duplicate of a row" if leak.near else "words in common with a row"
        return f"{what} of {self._names[self._set_of(leak.row)]}"

    def counts(self) -> Iterator[tuple[str, int, int]]:
        """For each set its name, how many rows it has, and how many of them were repeated."""
        seen = Counter(map(self._set_of, self._seen))
        for number, name in enumerate(self._names):
            yield name, self._ends[number] - (self._ends[number - 1] if number else 0), seen[number]

    def _set_of(self, row: int) -> int:
        return bisect_right(self._ends, row)

    def _texts(self, against: Iterable[Written]) -> Iterator[str]:
        for written in against:
            for row in _rows(written):
                self._ids += bytes.fromhex(row.id)
                yield text_of(row.fields)
            self._names.append(name_of(written))
            self._ends.append(len(self._ids) // _ID_BYTES)


def _rows(written: Written) -> Iterator[Row]:
    if isinstance(written, str) and Dataset.is_dataset(Path(written)):
        dataset = Dataset.open(written)
        splits = ("test",) if "test" in dataset.splits else dataset.splits
        return (row for split in splits for row in dataset.rows(split))
    return read_rows([written]).rows()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    weight = 0
    for row in rows:
        batch.append(row)
        weight += 256 + sum(len(value) for value in row.fields.values() if isinstance(value, str))
        if weight >= _BATCH:
            yield batch
            batch, weight = [], 0
    yield batch
