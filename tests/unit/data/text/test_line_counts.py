"""Lines are counted on disk."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luthier.data.text import line_counts
from luthier.data.text.line_counts import LineCounts

HASHES = st.integers(1, 2**64 - 1) | st.sampled_from([1, 2, 2**63, 2**64 - 1])


@pytest.fixture(params=[4_000_000, 2])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(line_counts, "_AT_ONCE", request.param)
    return int(request.param)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(rows=st.lists(st.sets(HASHES, max_size=4), max_size=8), least=st.integers(1, 3))
def test_the_lines_of_enough_rows_are_found(
    rows: list[set[int]], least: int, at_once: int, tmp_path: Path
) -> None:
    counts = LineCounts(tmp_path)
    for row in rows:
        counts.add(row)
    expected = Counter(line for row in rows for line in row)
    assert counts.frequent(least) == {line for line, n in expected.items() if n >= least}
