import pytest

from luthier.scoring.answers import TagAnswers
from luthier.scoring.metrics.span_precision import SpanPrecision


def test_it_is_the_share_of_the_entities_found_that_are_there():
    answers = TagAnswers([["B-a", "O", "B-a", "O"]], [["B-a", "B-a", "O", "B-b"]], ["a", "b"])
    assert SpanPrecision().value(answers) == pytest.approx(1 / 3)
