"""Drops rows whose text is nearly that of an earlier row: same words, a few of them changed."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, final

from pydantic import Field

from luthier.core.records import Row
from luthier.data.cleaner import Cleaner, Tally
from luthier.data.duplicates.near_duplicates import NearDuplicates
from luthier.data.duplicates.shingles import text_of
from luthier.data.storage.spool import Spool

# Rows that differ here say different things, however alike their texts are: another question about
# the same passage is another example, and another label a contradiction that the report tells of.
_DISTINCTIONS = ("label", "score", "question", "answers")


@final
class DropNearDuplicates(Cleaner):
    """Drops rows whose text is nearly that of an earlier row: same words, a few of them changed.

    Rows are judged in order, against the rows that stay: one goes if the Jaccard similarity of its
    shingles (runs of five words; of five characters where scripts have no spaces) to a row before
    it reaches the threshold. Candidates are found by MinHash and then compared exactly, so no row
    goes that is less alike. Case, punctuation and spacing make no difference. Rows with different
    labels, scores, questions or answers are never duplicates of one another.

    Args:
        threshold: the similarity, above 0 and up to 1, from which a row counts as a repetition.
        num_permutations: length of the MinHash signatures; longer ones miss fewer duplicates.
    """

    def __init__(
        self,
        *,
        threshold: Annotated[float, Field(gt=0, le=1)] = 0.8,
        num_permutations: Annotated[int, Field(ge=16, le=1024)] = 128,
    ):
        self._threshold = threshold
        self._num_permutations = num_permutations

    def clean(self, rows: Iterable[Row], tally: Tally, scratch: Path) -> Iterator[Row]:
        """Yield the rows that stay, after all have been read; until then they wait on disk."""
        near = NearDuplicates(
            threshold=self._threshold, num_permutations=self._num_permutations, scratch=scratch
        )
        with Spool(scratch) as spool:
            for row in rows:
                tally.rows_in += 1
                spool.add(row)
                near.add(text_of(row.fields), within=_kind(row))
            leaders = near.leaders()
            for number, waiting in enumerate(spool):
                if leaders[number] == number:
                    yield waiting.row()
                else:
                    leader = spool.id(int(leaders[number]))
                    tally.drop(waiting.row(), "near-duplicate", because_of=leader)


def _kind(row: Row) -> str:
    told = {name: row[name] for name in _DISTINCTIONS if row.get(name) is not None}
    return json.dumps(told, sort_keys=True) if told else ""
