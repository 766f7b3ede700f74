"""Parts of a text replaced, and where the rest goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.personal.edits import Edit, Edited

TEXT = "call 123 or 4567 now"
EDITED = Edited(TEXT, [Edit(5, 8, "[PHONE]"), Edit(12, 16, "")])


def test_parts_are_replaced() -> None:
    assert EDITED.text == "call [PHONE] or  now"


@pytest.mark.parametrize(
    "start, end, part",
    [(0, 4, "call"), (9, 11, "or"), (17, 20, "now"), (5, 8, "[PHONE]"), (6, 7, "[PHONE]")],
)
def test_a_span_moves_along(start: int, end: int, part: str) -> None:
    place, stop = EDITED.span(start, end)
    assert EDITED.text[place:stop] == part


def test_a_span_that_ends_inside_an_edit_takes_all_of_it() -> None:
    start, end = EDITED.span(0, 6)
    assert EDITED.text[start:end] == "call [PHONE]"


@given(
    st.text("ab", min_size=9, max_size=9), st.sets(st.integers(0, 8)), st.text("xyz", max_size=3)
)
def test_what_is_not_replaced_is_found_at_its_new_place(
    text: str, places: set[int], new: str
) -> None:
    edited = Edited(text, [Edit(place, place + 1, new) for place in sorted(places)])
    for place in set(range(9)) - places:
        start, end = edited.span(place, place + 1)
        assert edited.text[start:end] == text[place]
