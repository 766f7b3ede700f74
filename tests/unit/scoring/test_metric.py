import numpy as np
import pytest

from luthier.scoring.answers import NumberAnswers
from luthier.scoring.metric import AdditiveMetric, MeanMetric, divide


class Mean(MeanMetric):
    judges = (NumberAnswers,)

    def __init__(self):
        super().__init__()
        self.asked = []

    def name(self):
        return "mean"

    def scores(self, answers):
        self.asked.append(answers)
        return answers.predictions


def answered(*predictions):
    return NumberAnswers(np.zeros(len(predictions)), np.array(predictions))


def test_the_mean_is_weighted():
    assert Mean().value(answered(1.0, 4.0), np.array([2.0, 1.0])) == 2


def test_two_sets_of_answers_asked_for_by_turns_are_each_looked_at_once():
    metric, ours, theirs = Mean(), answered(1.0), answered(2.0)
    values = [metric.value(side) for side in (ours, theirs, ours, theirs)]
    assert values == [1, 2, 1, 2]
    assert metric.asked == [ours, theirs]


def test_only_two_sets_of_answers_are_remembered():
    metric, sides = Mean(), [answered(float(i)) for i in range(3)]
    assert [metric.value(side) for side in (*sides, sides[0])] == [0, 1, 2, 0]
    assert len(metric.asked) == 4


def test_an_unknown_number_makes_the_mean_unknown():
    assert np.isnan(Mean().value(answered(1.0, np.nan)))


def test_a_metric_tells_no_right_rows_and_no_signature_unless_it_says_so():
    metric: AdditiveMetric = Mean()
    assert (metric.right(answered(1.0)), metric.signature(answered(1.0))) == (None, None)


@pytest.mark.parametrize(("below", "quotient"), [(2.0, 0.5), (0.0, 7.0), (np.nan, 7.0)])
def test_a_ratio_without_denominator_is_what_is_said_for_it(below, quotient):
    assert divide(np.array([1.0]), np.array([below]), 7.0).tolist() == [quotient]
