"""Spans of characters become tags of tokens and come back exactly."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core.records import Row
from luthier.data.annotation.kinds.spans import Spans
from luthier.data.annotation.tokens import grown, joined, places_of, spans_in, tags_of

TEXTS = st.text(st.sampled_from("ab é工欲，.-\n\t𠀀😀e\u0301한국"), max_size=30)


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]]]:
    text = draw(TEXTS)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [(a, b, draw(st.sampled_from(["X", "Y"]))) for a, b in pairwise(edges)]
    return text, draw(st.lists(st.sampled_from(spans), unique=True)) if spans else []


def test_words_signs_and_chinese_characters_are_tokens() -> None:
    text = "Bill's 工作 in 北京."
    tokens = [text[start:end] for start, end in places_of(text)]
    assert tokens == ["Bill", "'", "s", "工", "作", "in", "北", "京", "."]


def test_a_token_is_cut_at_an_edge_within_it() -> None:
    assert places_of("abcd", [2]) == [(0, 2), (2, 4)]


@settings(deadline=None)
@given(TEXTS)
def test_tokens_hold_every_character_that_is_no_space(text: str) -> None:
    inside = "".join(text[start:end] for start, end in places_of(text))
    assert inside == "".join(text.split())


def test_a_space_stands_between_words_but_not_beside_chinese() -> None:
    text, places = joined(["New", "York", "工", "作", "，", "ok"])
    assert text == "New York工作，ok"
    assert [text[a:b] for a, b in places] == ["New", "York", "工", "作", "，", "ok"]


def test_a_place_grows_to_the_tokens_it_touches() -> None:
    assert grown((2, 5), [(0, 3), (4, 8), (9, 10)]) == (0, 8)


def test_a_place_between_tokens_touches_none() -> None:
    assert grown((3, 4), [(0, 3), (4, 8)]) is None


@settings(deadline=None)
@given(marked())
def test_spans_become_tags_and_come_back(given: tuple[str, list[tuple[int, int, str]]]) -> None:
    text, spans = given
    kind = Spans(labels=["X", "Y"])
    written = [{"start": a, "end": b, "label": c} for a, b, c in spans if text[a:b].strip()]
    value = kind.check({"spans": written}, {"text": text})
    (row,) = kind.rows(Row({"text": text}), value)
    checked = [(s["start"], s["end"], s["label"]) for s in value["spans"]]
    places = places_of(text, (edge for span in checked for edge in span[:2]))
    assert spans_in(places, row["tags"]) == checked
    assert row["tags"] == tags_of(places, checked)
    assert kind.rows(row, kind.read(row.fields) or {"spans": []}) == [row]
