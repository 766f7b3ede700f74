import numpy as np
import pytest

from luthier.core.errors import UserError
from luthier.tasks.tags import entities_in, entity_types, going_on, mark_spans


@pytest.mark.parametrize(
    "tags",
    [
        ["O", "B-person", "I-person"],
        ["O", "I-LOC"],
        ["B", "M", "E", "S"],
        ["O", "B-x", "I-x", "L-x", "U-x"],
    ],
)
def test_schemes_of_spans_are_known_by_their_letters(tags):
    assert mark_spans(tags)


@pytest.mark.parametrize(
    "tags", [["DT", "NN", "VB"], ["0", "1", "2"], ["O", "person-actor"], ["O"], ["O", "PER", "LOC"]]
)
def test_other_tags_mark_no_spans(tags):
    assert not mark_spans(tags)


@pytest.mark.parametrize("tag", ["0", "B_LOC", "b-LOC", "", "B-"])
def test_a_misspelt_tag_among_others_is_refused(tag):
    with pytest.raises(UserError, match=f"`{tag}` is neither O nor"):
        mark_spans(["O", "B-LOC", "I-LOC", tag])


def test_types_are_sorted_and_named_underscore_where_there_are_none():
    assert entity_types(["O", "I-b", "B-b", "B-a-c"]) == ["a-c", "b"]
    assert entity_types(["B", "M", "E", "S"]) == ["_"]


def test_inside_a_word_a_beginning_goes_on():
    known = ["B-a", "I-a", "B-b", "O", "B"]
    assert [going_on(tag, known) for tag in known] == ["I-a", "I-a", "B-b", "O", "B"]


def test_entities_carry_their_text_and_the_score_of_their_least_certain_tag():
    text = "Ann saw New York."
    places = [(0, 3), (4, 7), (8, 11), (12, 16), (16, 17)]
    tags = ["B-per", "O", "B-loc", "I-loc", "O"]
    shares = np.array([0.9, 0.1, 0.8, 0.7, 0.2])
    assert entities_in(text, places, tags, shares) == [
        {"type": "per", "text": "Ann", "start": 0, "end": 3, "score": 0.9},
        {"type": "loc", "text": "New York", "start": 8, "end": 16, "score": 0.7},
    ]


def test_an_inside_that_nothing_began_is_an_entity_as_seqeval_reads_it():
    found = entities_in("a b", [(0, 1), (2, 3)], ["O", "I-x"], np.ones(2))
    assert [(e["type"], e["start"]) for e in found] == [("x", 2)]
