from collections import Counter

from luthier.evaluation import examples
from luthier.evaluation.examples import random_examples


def lines(count):
    return [{"id": str(i)} for i in range(count)]


def test_examples_keep_their_order():
    found = [int(one["id"]) for one in random_examples(lines(1000), 8)]
    assert len(found) == 8
    assert found == sorted(found)


def test_the_same_ones_are_drawn_every_time():
    assert random_examples(lines(500), 5) == random_examples(iter(lines(500)), 5)


def test_of_a_few_all_are_shown():
    assert random_examples(lines(3), 8) == lines(3)


def test_each_is_drawn_equally_often(monkeypatch):
    drawn = Counter()
    seed = iter(range(4000))
    kind = examples.random.Random
    monkeypatch.setattr(examples.random, "Random", lambda _: kind(next(seed)))
    for _ in range(4000):
        drawn.update(one["id"] for one in random_examples(lines(10), 3))
    assert all(1200 * 0.9 < times < 1200 * 1.1 for times in drawn.values())
