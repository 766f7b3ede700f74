from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from luthier.data.quality.sample import Sample, Sampled
from luthier.data.topics.topic_map import FEWEST, topic_map

ABOUT = {
    "refund": ["broken lamp refund money", "refund for the broken kettle", "money back refund"],
    "账号": ["忘记了账号的登录密码", "账号无法登录请重置密码", "登录密码错误账号锁定"],
}


def sample(count: int = 20) -> list[Sampled]:
    made = Sample()
    for label, texts in ABOUT.items():
        rows = [f"{text} {n}" for n in range(count) for text in texts]
        made.add("train", rows, [label] * len(rows))
    return made.rows()


def test_what_is_about_the_same_is_in_one_cluster() -> None:
    found = topic_map(sample(), seed=1)
    assert found is not None
    assert all(len(cluster["labels"]) == 1 for cluster in found["clusters"])
    assert sum(cluster["rows"] for cluster in found["clusters"]) == found["rows"] == 120


def test_clusters_are_called_by_their_terms() -> None:
    found = topic_map(sample(), seed=1)
    assert found is not None
    for cluster in found["clusters"]:
        terms = cluster["name"].split(" · ")
        assert all(any(term in text for text in cluster["typical"]) for term in terms[:1])


def test_equal_rows_make_equal_maps() -> None:
    assert topic_map(sample(), seed=1) == topic_map(sample(), seed=1)


def test_places_lie_within_the_map() -> None:
    found = topic_map(sample(), seed=1)
    assert found is not None
    assert all(0 <= point[axis] <= 1 for point in found["points"] for axis in "xy")


def test_few_rows_have_no_map() -> None:
    assert topic_map(sample()[: FEWEST - 1], seed=1) is None


def test_rows_without_a_common_word_have_no_map() -> None:
    rows = [Sampled(n, "train", chr(0x4E00 + n), None) for n in range(FEWEST)]
    assert topic_map(rows, seed=1) is None


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_rows_that_say_the_same_are_one_cluster() -> None:
    found = topic_map([Sampled(n, "train", "the same words", None) for n in range(40)], seed=1)
    assert found is not None
    assert len(found["clusters"]) == 1


class Model:
    """Embeds by the number of Chinese characters."""

    width = 3

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[1, 0, 0] if text.isascii() else [0, 1, 0] for text in texts], np.float32)


def test_a_model_draws_the_map_if_one_is_lent() -> None:
    model: Any = Model()
    found = topic_map(sample(), 1, "catalog:minilm", model)
    assert found is not None
    assert found["model"] == "catalog:minilm"
    assert sorted(list(cluster["labels"]) for cluster in found["clusters"]) == [
        ["refund"],
        ["账号"],
    ]
