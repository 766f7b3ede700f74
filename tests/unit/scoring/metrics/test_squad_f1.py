import pytest

from luthier.scoring.answers import TextAnswers
from luthier.scoring.metrics.squad_f1 import SquadF1

ENGLISH = TextAnswers([["big black cat", "cat"], [], ["mouse"], []], ["black cat", "", "b", "c"])
CHINESE = TextAnswers([["曹雪芹"], ["在北京大学"]], ["曹", "北京大学"])


@pytest.mark.parametrize(
    ("answers", "value"), [(ENGLISH, (0.8 + 1) / 4), (CHINESE, (2 / 4 + 8 / 9) / 2)]
)
def test_it_is_the_mean_of_the_best_f1_of_each_row(answers, value):
    assert SquadF1().value(answers) == pytest.approx(value)


def test_the_rules_can_be_fixed():
    assert SquadF1(rules="squad").value(CHINESE) == 0
