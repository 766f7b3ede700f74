import pytest

from luthier.scoring.answers import TagAnswers
from luthier.scoring.metrics.span_recall import SpanRecall


def test_it_is_the_share_of_the_entities_there_that_were_found():
    answers = TagAnswers([["B-a", "O", "B-a", "O"]], [["B-a", "B-a", "O", "B-b"]], ["a", "b"])
    assert SpanRecall().value(answers) == pytest.approx(1 / 2)
