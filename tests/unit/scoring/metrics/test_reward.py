import numpy as np

from luthier.scoring.answers import TextAnswers
from luthier.scoring.metrics.reward import Reward


def test_it_is_the_mean():
    answers = TextAnswers([["a"], ["b"]], ["c", "d"], {"reward": np.array([-1.0, 4.0])})
    assert Reward().value(answers) == 1.5
