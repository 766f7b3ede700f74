from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from luthier.tasks.windows import Window, windows

SIZES = st.lists(st.integers(0, 9) | st.just(30), max_size=60)
ROOM = st.integers(1, 20)
OVERLAP = st.sampled_from([0.0, 0.1, 0.25, 0.5])


def test_a_short_sentence_is_one_window():
    assert windows([1, 2, 3], 6, 0.25) == [Window(0, 3, 0, 3)]


def test_a_sentence_without_words_has_no_window():
    assert windows([], 6, 0.25) == []


def test_words_of_the_overlap_go_to_the_window_that_has_more_round_them():
    assert windows([1] * 12, 8, 0.5) == [Window(0, 8, 0, 6), Window(4, 12, 6, 12)]


def test_a_word_longer_than_a_window_has_one_of_its_own():
    assert windows([1, 20, 1], 4, 0.25) == [
        Window(0, 1, 0, 1),
        Window(1, 2, 1, 2),
        Window(2, 3, 2, 3),
    ]


@given(sizes=SIZES, room=ROOM, overlap=OVERLAP)
def test_every_word_is_answered_once_in_a_window_that_sees_it(sizes, room, overlap):
    found = windows(sizes, room, overlap)
    answered = [i for w in found for i in range(w.answers_from, w.answers_to)]
    assert answered == list(range(len(sizes)))
    assert all(w.start <= w.answers_from < w.answers_to <= w.stop for w in found)


@given(sizes=SIZES, room=ROOM, overlap=OVERLAP)
def test_a_window_holds_no_more_than_its_room_but_for_a_single_word(sizes, room, overlap):
    for window in windows(sizes, room, overlap):
        seen = sizes[window.start : window.stop]
        assert sum(seen) <= room or sum(size > 0 for size in seen) == 1


@given(sizes=SIZES, room=ROOM, overlap=OVERLAP)
def test_every_window_reaches_further_than_the_one_before(sizes, room, overlap):
    found = windows(sizes, room, overlap)
    pairs = list(pairwise(found))
    assert all(one.start < other.start and one.stop < other.stop for one, other in pairs)
    shared = [sum(sizes[other.start : one.stop]) for one, other in pairs]
    assert all(count <= overlap * room for count in shared)
