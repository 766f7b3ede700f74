import pytest

from luthier.core.errors import UserError
from luthier.scoring.standard import metrics_of
from luthier.tasks.deciding import must_be_among

METRICS = metrics_of(["pearson", "spearman"])


@pytest.mark.parametrize("chosen", [None, "pearson", "spearman"])
def test_a_metric_that_there_is_may_decide(chosen):
    assert must_be_among(chosen, METRICS, "regression") is None


def test_another_gets_the_nearest():
    with pytest.raises(UserError, match=r"task.regression.metric: no metric `person`.*`pearson`"):
        must_be_among("person", METRICS, "regression")
