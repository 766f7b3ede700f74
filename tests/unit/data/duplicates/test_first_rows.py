"""The first row with each content."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.duplicates import first_rows
from luthier.data.duplicates.first_rows import FirstRows


def hexed(number: int) -> str:
    return f"{number:032x}"


@given(st.lists(st.integers(0, 40), max_size=80), st.integers(1, 10))
def test_each_repeat_is_told_the_first_row_of_its_content(
    tmp_path_factory: pytest.TempPathFactory, contents: list[int], recent: int
) -> None:
    firsts: dict[int, int] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first_rows, "RECENT", recent)
        rows = FirstRows(tmp_path_factory.mktemp("rows"))
        for row, content in enumerate(contents):
            # Half of the contents have the first 64 bits in common with another.
            key = hexed((content // 2) << 100 | content)
            known = firsts.setdefault(content, row)
            assert rows.first(key, hexed(row)) == (None if known == row else hexed(known))
        rows.close()


def test_hashes_of_all_sizes_are_told_apart(tmp_path: Path) -> None:
    rows = FirstRows(tmp_path)
    keys = [hexed(number) for number in (0, 1, 2**64, 2**127, 2**128 - 1)]
    assert [rows.first(key, key) for key in keys] == [None] * 5
    assert [rows.first(key, hexed(9)) for key in keys] == keys
    rows.close()
