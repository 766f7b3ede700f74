import pytest

from luthier.scoring.answers import TextAnswers
from luthier.scoring.metrics.exact_match import ExactMatch

ENGLISH = TextAnswers([["The cat", "a dog"], [], ["mouse"], []], ["dog.", "", "mice", "horse"])
CHINESE = TextAnswers([["《红楼梦》"], ["曹雪芹"]], ["红楼梦。", "曹"])


@pytest.mark.parametrize(("answers", "value"), [(ENGLISH, 0.5), (CHINESE, 0.5)])
def test_it_is_the_share_of_rows_with_an_acceptable_answer(answers, value):
    assert ExactMatch().value(answers) == value


def test_it_tells_the_rows_that_are_right():
    assert ExactMatch().right(ENGLISH).tolist() == [True, True, False, False]


def test_the_rules_can_be_fixed():
    assert ExactMatch(rules="squad").value(CHINESE) == 0
