"""Filters judge many rows at a time."""

from collections.abc import Sequence
from pathlib import Path

from luthier.core.records import Row
from luthier.data.cleaner import Filter, Tally


class DropOdd(Filter):
    """Drops rows of odd numbers."""

    def reasons(self, rows: Sequence[Row], tally: Tally) -> list[str | None]:
        return ["odd" if row["number"] % 2 else None for row in rows]


def test_a_filter_yields_what_stays_and_counts_what_goes() -> None:
    tally = Tally("drop_odd")
    rows = [Row({"number": number}) for number in range(1000)]
    assert list(DropOdd().clean(iter(rows), tally, Path())) == rows[::2]
    assert (tally.rows_in, tally.changed, tally.dropped) == (1000, 0, {"odd": 500})
