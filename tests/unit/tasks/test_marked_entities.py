import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.tasks.marked_entities import Marked, kept_tokens, read_marked

WORDS = st.text(st.sampled_from("ab京 ,"), max_size=8)
ENTITY = st.text(st.sampled_from("ab京 "), min_size=1, max_size=6).filter(str.strip)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("[E1] Bill [/E1] lives in [E2] Rome [/E2].", "@ Bill @ lives in # Rome # ."),
        ("The <e1>audits</e1> were about <e2>waste</e2>.", "The @ audits @ were about # waste # ."),
        ("<E2>Rome</E2>, home of <e1>Bill</e1>", "# Rome # , home of @ Bill @"),
        ("<e1>比尔</e1>住在<e2>罗马</e2>。", "@ 比尔 @ 住在 # 罗马 # 。"),
        ("[E1]New [E2]York[/E2][/E1] times", "@ New # York # @ times"),
        ("<e1>a</e1><e2>b</e2>", "@ a @ # b #"),
    ],
)
def test_marked_entities_get_signs(text, read):
    assert read_marked(text).text == read


def test_places_tell_where_the_entities_stand_with_their_signs():
    marked = read_marked("so <e2>Rome</e2> and <e1>Bill</e1>")
    assert marked.text[slice(*marked.first)] == "@ Bill @"
    assert marked.text[slice(*marked.second)] == "# Rome #"


def test_markers_of_ones_own_are_read():
    style = ("<subj>", "</subj>", "<obj>", "</obj>")
    assert read_marked("<subj>a</subj> <obj>b</obj>", [style]).text == "@ a @ # b #"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Bill lives in Rome.", r"no `\[E1\]`"),
        ("<e1>Bill</e1> lives in Rome.", "no `<e2>`"),
        ("<e1>a</e1> <e2>b</e2> <e2>c</e2>", "more than one `<e2>`"),
        ("<e1>a <e2>b</e1> c</e2>", "cross"),
        ("</e1>a<e1> <e2>b</e2>", "cross"),
        ("<e1> </e1> <e2>b</e2>", "without any text"),
        ("[E1] a [/E1] <e2>b</e2>", r"no `\[E2\]`"),
    ],
)
def test_what_is_not_marked_as_it_should_be_is_told(text, problem):
    with pytest.raises(ValueError, match=problem):
        read_marked(text)


@given(before=WORDS, first=ENTITY, between=WORDS, second=ENTITY, behind=WORDS)
def test_nothing_but_markers_and_spaces_changes(before, first, between, second, behind):
    marked = read_marked(f"{before}<e1>{first}</e1>{between}<e2>{second}</e2>{behind}")
    bare = marked.text.replace("@", "").replace("#", "")
    assert bare.split() == f"{before} {first} {between} {second} {behind}".split()
    assert marked.text[slice(*marked.first)].strip("@").split() == first.split()
    assert marked.text[slice(*marked.second)].strip("#").split() == second.split()


def tokens(count, first, second):
    """A text of tokens one character long, with entities from and to some of them."""
    return [(i, i + 1) for i in range(count)], Marked("x" * count, first, second)


def test_the_text_round_the_entities_stays():
    offsets, marked = tokens(100, (40, 43), (50, 53))
    assert kept_tokens(offsets, marked, 23).tolist() == list(range(35, 58))


def test_what_one_side_lacks_goes_to_the_other():
    offsets, marked = tokens(100, (1, 3), (5, 7))
    assert kept_tokens(offsets, marked, 20).tolist() == list(range(20))


def test_entities_far_apart_keep_what_stands_round_each():
    offsets, marked = tokens(100, (10, 13), (80, 83))
    assert kept_tokens(offsets, marked, 10).tolist() == [*range(9, 14), *range(79, 84)]


@given(count=st.integers(2, 60), data=st.data())
def test_entities_are_kept_whole_as_long_as_they_fit(count, data):
    ends = st.lists(st.integers(0, count), min_size=2, max_size=2, unique=True).map(sorted)
    places = [tuple(data.draw(ends)) for _ in range(2)]
    within = {i for place in places for i in range(*place)}
    room = data.draw(st.integers(len(within), 60))
    offsets, marked = tokens(count, *places)
    kept = kept_tokens(offsets, marked, room)
    assert len(kept) == min(room, count)
    assert within <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()
