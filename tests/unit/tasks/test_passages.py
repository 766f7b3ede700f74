from hypothesis import given
from hypothesis import strategies as st

from luthier.tasks.passages import is_misplaced, passages, telling_texts

LETTERS = st.text("ab 中。", max_size=30)


def answers(*pairs: tuple[str, int]) -> dict[str, list]:
    return {"text": [text for text, _ in pairs], "answer_start": [start for _, start in pairs]}


def test_an_answer_stands_where_it_says():
    assert passages("one two one", answers(("one", 8))) == [(8, 11)]


def test_an_answer_elsewhere_is_taken_from_the_nearest_place():
    assert passages("one two one", answers(("one", 6))) == [(8, 11)]
    assert passages("one two one", answers(("one", 3))) == [(0, 3)]


def test_of_two_places_as_near_it_is_the_earlier():
    assert passages("one two one", answers(("one", 4))) == [(0, 3)]


def test_an_answer_without_a_place_is_the_first_that_is_found():
    assert passages("那里有一只猫，猫在睡。", answers(("猫", -1))) == [(5, 6)]


def test_a_place_behind_the_end_is_the_last_that_is_found():
    assert passages("one two one", answers(("one", 99))) == [(8, 11)]


def test_an_answer_that_is_not_there_has_no_passage():
    assert passages("one two", answers(("three", 0), ("two", 4))) == [(4, 7)]


def test_white_space_around_an_answer_is_left_out():
    assert passages("one two one", answers((" one ", 7))) == [(8, 11)]


def test_an_answer_that_says_nothing_has_no_passage_and_is_none():
    blank = answers(("", 0), (" ", 3))
    assert passages("one two", blank) == []
    assert telling_texts(blank) == []


def test_an_answer_given_twice_is_one():
    assert telling_texts(answers(("one", 0), ("two", 4), ("one", 8))) == ["one", "two"]


def test_a_misplaced_answer_is_seen():
    assert not is_misplaced("one two", answers(("two", 4)))
    assert is_misplaced("one two", answers(("two", 3)))
    assert is_misplaced("one two", answers(("one", -7)))


@given(LETTERS, st.integers(0, 30), st.integers(1, 30))
def test_a_slice_of_the_context_is_found_where_it_is(context: str, start: int, length: int):
    text = context[start : start + length]
    found = passages(context, answers((text, start)))
    assert [context[a:b] for a, b in found] == ([text.strip()] if text.strip() else [])
    assert all(start <= a and b <= start + length for a, b in found)


@given(LETTERS, st.text("ab中", min_size=1, max_size=2), st.integers(-3, 35))
def test_no_other_place_is_nearer(context: str, text: str, start: int):
    places = [i for i in range(len(context)) if context.startswith(text, i)]
    nearest = min(places, key=lambda i: (abs(i - max(start, 0)), i), default=None)
    expected = [] if nearest is None else [(nearest, nearest + len(text))]
    assert passages(context, answers((text, start))) == expected
