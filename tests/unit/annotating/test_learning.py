import numpy as np
import pytest

from luthier.annotating.learning import Learner
from luthier.annotating.ranking import present_answers
from luthier.core.records import Row
from tests import annotated

FRUIT = ["apple", "pear", "plum", "fig"]
TOOLS = ["hammer", "saw", "drill", "axe"]


@pytest.fixture
def learner(tmp_path, tiny_bert):
    """The ids of a project's items, what learns on them, and what it said."""
    rows = [Row({"text": f"{word} {word} {n}"}) for n in range(5) for word in FRUIT + TOOLS]

    def make(kind="classes", folder="one"):
        said = []
        with annotated.project(tmp_path / folder, kind, rows) as project:
            items, labels = project.folder / "items", list(project.kind.labels)
            found = Learner(items, str(tiny_bert), kind, labels, said.append)
            return annotated.ids_of(project), found, said

    return make


def test_the_features_are_computed_once_for_the_same_items_and_model(learner):
    _, _, said = learner()
    _, _, said_again = learner(folder="two")
    assert said[0].startswith("Reading 40 items once")
    assert said_again == []


def test_nothing_is_ranked_before_two_labels_were_given(learner):
    ids, found, _ = learner()
    assert found.uncertainty({}) == {}
    assert found.uncertainty({ids[0]: {"label": "spam"}, ids[1]: {"label": "spam"}}) == {}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("classes", [{"label": "spam"}, {"label": "ham"}]),
        ("rating", [{"score": 1}, {"score": 5}]),
        ("label_sets", [{"labels": ["sport"]}, {"labels": []}]),
    ],
)
def test_answered_items_are_not_ranked_and_the_others_are_by_their_margin(learner, kind, values):
    ids, found, _ = learner(kind)
    ranks = found.uncertainty({ids[n]: values[n % 2] for n in range(8)})
    assert set(ranks) == set(ids[8:])
    assert all(0 <= score <= 1 for score in ranks.values())
    assert list(ranks.values()) == sorted(ranks.values(), reverse=True)


def test_diverse_items_are_each_the_farthest_from_all_before(learner):
    ids, found, _ = learner()
    ranks = found.diversity({ids[0]: {"label": "spam"}})
    order = [0, *(ids.index(id) for id in sorted(ranks, key=lambda id: -ranks[id]))]
    features = np.asarray(found._features, np.float64)
    distance = ((features[:, None] - features[None]) ** 2).sum(-1)
    for place in range(1, len(order)):
        nearest = distance[:, order[:place]].min(axis=1)
        assert nearest[order[place]] == pytest.approx(nearest.max(), rel=1e-3, abs=1e-3)


def test_an_answer_that_was_taken_back_no_longer_counts_for_diversity(learner):
    ids, found, _ = learner()
    first = found.diversity({ids[0]: {"label": "spam"}})
    found.diversity({ids[0]: {"label": "spam"}, ids[9]: {"label": "ham"}})
    assert found.diversity({ids[0]: {"label": "spam"}}) == first


def test_of_several_peoples_answers_the_most_frequent_is_learnt(tmp_path):
    with annotated.project(tmp_path, overlap=3) as project:
        for by, label in (("A", "ham"), ("B", "spam"), ("C", "spam")):
            project.join(by)
            project.answer(by, annotated.ids_of(project)[0], {"label": label})
        assert present_answers(project) == {annotated.ids_of(project)[0]: {"label": "spam"}}
        project.adjudicate("A", annotated.ids_of(project)[0], {"label": "not sure"})
        assert present_answers(project) == {annotated.ids_of(project)[0]: {"label": "not sure"}}
