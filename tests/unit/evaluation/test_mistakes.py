import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.evaluation.mistakes import read_predictions, worst_mistakes

SCORES = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=60)


def prediction(reference, answer, score, name="0"):
    return {"id": name, "reference": reference, "prediction": answer, "score": score}


@given(SCORES)
def test_the_surest_mistakes_are_kept_in_order(given_answers):
    lines = [prediction("a", "a" if right else "b", score) for right, score in given_answers]
    found = worst_mistakes(iter(lines), 5)
    wrong = sorted((score for right, score in given_answers if not right), reverse=True)
    assert [one["score"] for one in found.worst] == wrong[:5]
    assert (found.rows, found.wrong) == (len(lines), len(wrong))


def test_of_equally_sure_mistakes_the_earlier_comes_first():
    lines = [prediction("a", "b", 0.5, name) for name in "xyz"]
    assert [one["id"] for one in worst_mistakes(lines, 2).worst] == ["x", "y"]


def test_answers_without_a_score_come_last():
    lines = [prediction("a", "b", None, "x"), prediction("a", "b", 0.1, "y")]
    assert [one["id"] for one in worst_mistakes(lines, 2).worst] == ["y", "x"]


def test_a_row_without_reference_is_no_mistake():
    assert worst_mistakes([prediction(None, "b", 0.9)], 5).rows == 0


def test_of_numbers_the_furthest_off_is_the_worst():
    lines = [prediction(1.0, 1.5, None, "x"), prediction(2, -3.0, None, "y")]
    found = worst_mistakes(lines, 5)
    assert found.numeric
    assert [one["id"] for one in found.worst] == ["y", "x"]


def test_lists_of_labels_are_compared_as_such():
    lines = [prediction(["a", "b"], ["a", "b"], 0.9), prediction(["a"], [], 0.9)]
    assert worst_mistakes(lines, 5).wrong == 1


def test_predictions_are_read_one_at_a_time(tmp_path):
    path = tmp_path / "predictions.jsonl"
    rng = np.random.default_rng(0)
    lines = [prediction("好", "坏", float(score)) for score in rng.random(4)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    read = read_predictions(path)
    assert next(read) == lines[0]
    assert list(read) == lines[1:]


def ids(kind, *rows):
    lines = [prediction(*row, None, name) for name, row in zip("xyz", rows, strict=False)]
    return [one["id"] for one in worst_mistakes(lines, 5, kind).worst]


def test_of_tags_the_row_with_most_entities_missed_or_made_up_is_the_worst():
    right = ["B-a", "O", "B-b"]
    assert ids("tags", (right, ["O", "O", "B-b"]), (right, right), (right, ["O", "B-a", "O"])) == [
        *("z", "x")
    ]


def test_tags_that_say_the_same_entities_are_no_mistake():
    assert ids("tags", (["B-a"], ["I-a"])) == []


@pytest.mark.parametrize(
    "rows",
    [
        [("the big cat", "a big cat!"), ("the big cat", "big"), ("the big cat", "dogs")],
        [("红楼梦", "《红楼梦》"), ("红楼梦", "红"), ("红楼梦", "水浒")],
        [(["cat", "dog"], "dog"), (["big cat", "dog"], "cat"), ([], "cat")],
        [([], ""), (["cat dog"], "dog"), (["cat"], "")],
    ],
)
def test_of_texts_the_one_with_least_in_common_is_the_worst(rows):
    assert ids("texts", *rows) == ["z", "y"]


def test_programs_are_wrong_if_one_fails_and_worse_the_more_do():
    lines = [
        {**prediction([], "print()", None, name), "samples": 4.0, "passed": passed}
        for name, passed in [("x", 3.0), ("y", 4.0), ("z", 0.0)]
    ]
    assert [one["id"] for one in worst_mistakes(lines, 5, "texts").worst] == ["z", "x"]
