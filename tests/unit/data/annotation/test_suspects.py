"""Suspected rows are written worst first, and read back as they were."""

from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.annotation.suspects import Suspect, read_suspects, write_suspects


def test_the_worst_stands_first(tmp_path: Path) -> None:
    mild = Suspect("a" * 32, 0.2, "outlier")
    bad = Suspect("b" * 32, 0.9, "label error", "ham", "垃圾")
    write_suspects(tmp_path / "s", [mild, bad])
    assert list(read_suspects(tmp_path / "s")) == [bad, mild]


def test_lines_without_id_or_score_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "s").write_text('{"score": 1}\n{"id": "a"}\n{"id": "a", "score": "x"}\n')
    with pytest.raises(UserError, match=r"no `id` in .*s:1; the score is empty in .*s:2; .*s:3"):
        list(read_suspects(tmp_path / "s"))
