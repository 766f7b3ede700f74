"""What selectors borrow: vectors of texts, and tokens counted."""

from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.evaluation.lending import Lender

TEXTS = ["win money now", "the report is here"]


def test_vectors_are_as_wide_as_they_say(tiny_bert: Path) -> None:
    lent = Lender().vectors(str(tiny_bert), 32)
    assert lent.of(TEXTS).shape == (2, lent.width)


def test_the_counter_counts_what_the_model_would_read(tiny_bert: Path) -> None:
    short, long = Lender().counter(str(tiny_bert))(["win", "win money now"])
    assert 0 < short < long


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        Lender().vectors(str(tmp_path / "none"), 32)
