"""Texts of rows are rewritten with what points into them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.text.fields import Rewriter, texts_of


@pytest.fixture
def tally() -> Tally:
    return Tally("x")


def squad(context: str, *answers: str) -> Row:
    starts = [context.index(answer) for answer in answers]
    told = {"text": list(answers), "answer_start": starts}
    return Row({"context": context, "question": "?", "answers": told})


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_every_text_is_changed_and_no_label(tally: Tally) -> None:
    row = Row({"text": "a", "text_pair": "b", "label": "c", "source": "d"})
    changed = Rewriter(str.upper)(row, tally)
    assert changed is not None
    assert changed.fields == {"text": "A", "text_pair": "B", "label": "c", "source": "d"}


def test_messages_keep_their_roles_calls_and_pieces(tally: Tally) -> None:
    call = {"role": "assistant", "content": None, "tool_calls": [{"name": "f"}]}
    pieces = {"role": "user", "content": [{"type": "text", "text": "b"}, {"type": "image"}]}
    row = Row({"messages": [{"role": "user", "content": "a"}, call, pieces]})
    changed = Rewriter(str.upper)(row, tally)
    assert changed is not None
    assert changed["messages"] == [
        {"role": "user", "content": "A"},
        call,
        {"role": "user", "content": [{"type": "text", "text": "B"}, {"type": "image"}]},
    ]


def test_prompts_and_answers_that_are_conversations_are_walked(tally: Tally) -> None:
    row = Row({"prompt": [{"role": "user", "content": "a"}], "chosen": "b", "rejected": "c"})
    changed = Rewriter(str.upper)(row, tally)
    assert changed is not None
    assert changed["prompt"] == [{"role": "user", "content": "A"}]
    assert (changed["chosen"], changed["rejected"]) == ("B", "C")


def test_an_unchanged_row_is_given_back_itself(tally: Tally) -> None:
    row = Row({"text": "a", "messages": [{"role": "user", "content": "b"}]})
    assert Rewriter(str.lower)(row, tally) is row


def test_programs_are_left_alone_and_counted(tally: Tally) -> None:
    row = Row({"prompt": "def f():", "completion": "  pass", "tests": "assert f"})
    assert Rewriter(str.upper)(row, tally) is row
    assert tally.notes == {"programs left as they are": 1}


def test_answers_move_with_their_context(tally: Tally) -> None:
    changed = Rewriter(squeezed)(
        squad("It  was   Paul  Klee in  1914.", "Paul  Klee", "1914"), tally
    )
    assert changed is not None
    assert changed["context"] == "It was Paul Klee in 1914."
    assert changed["answers"] == {"text": ["Paul Klee", "1914"], "answer_start": [7, 20]}


def test_the_same_one_of_equal_passages_stays_the_answer(tally: Tally) -> None:
    context = "ab  ab  ab"
    row = Row({"context": context, "answers": {"text": ["ab"], "answer_start": [8]}})
    changed = Rewriter(squeezed)(row, tally)
    assert changed is not None
    assert changed["answers"]["answer_start"] == [6]


def test_a_context_whose_answer_cannot_be_followed_stays_as_it_is(tally: Tally) -> None:
    row = squad("one  two", "two")
    assert Rewriter(lambda text: text.replace("two", ""))(row, tally) is row
    assert sum(tally.notes.values()) == 1


def test_an_answer_that_never_fitted_leaves_its_context_as_it_is(tally: Tally) -> None:
    row = Row({"context": "a  b", "answers": {"text": ["z"], "answer_start": [0]}})
    assert Rewriter(squeezed)(row, tally) is row


@given(st.text("ab \n", max_size=30), st.data())
def test_a_moved_answer_is_what_its_place_says(context: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(context)))
    answer = context[start : data.draw(st.integers(start, len(context)))]
    row = Row({"context": context, "answers": {"text": [answer], "answer_start": [start]}})
    changed = Rewriter(squeezed)(row, Tally("x"))
    if changed is not None and changed is not row:
        (text,), (place,) = changed["answers"]["text"], changed["answers"]["answer_start"]
        assert changed["context"].startswith(text, place)
        assert squeezed(answer) == text


def test_tagged_words_stay_as_many(tally: Tally) -> None:
    row = Row({"tokens": ["a", "b c", "\u200b"], "tags": ["O", "O", "O"]})
    rewrite = Rewriter(lambda text: text.replace("\u200b", "").upper(), by_word=True)
    changed = rewrite(row, tally)
    assert changed is not None
    assert changed["tokens"] == ["A", "b c", "\u200b"]


def test_tagged_words_are_left_alone_by_rules_for_sentences_and_counted(tally: Tally) -> None:
    row = Row({"tokens": ["a"], "tags": ["O"]})
    assert Rewriter(str.upper)(row, tally) is row
    assert tally.notes == {"tagged words left as they are": 1}


def test_a_row_that_loses_a_text_is_dropped_and_counted(tally: Tally) -> None:
    row = Row({"text": "a", "text_pair": "b"})
    assert Rewriter(lambda text: text.replace("b", ""))(row, tally) is None
    assert tally.dropped == {"no text left": 1}


def test_a_text_that_was_empty_before_is_no_loss(tally: Tally) -> None:
    row = Row({"text": "a", "text_pair": "  "})
    assert Rewriter(str.strip)(row, tally) is not None


@pytest.mark.parametrize(
    "fields, texts",
    [
        ({"text": "a", "label": "b", "completion": "c"}, ["a", "c"]),
        ({"tokens": ["a", "b"], "tags": ["O", "O"]}, ["a b"]),
        (
            {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]},
            ["u"],
        ),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "p"}]}]}, ["p"]),
        ({"negative": ["a", "b"]}, ["a", "b"]),
        ({"label": "a"}, []),
    ],
)
def test_texts_are_read_in_order_without_system_messages(
    fields: dict[str, Any], texts: list[str]
) -> None:
    assert texts_of(Row(fields)) == texts


def test_texts_can_be_read_of_some_fields() -> None:
    assert texts_of(Row({"prompt": "a", "completion": "b"}), ["completion"]) == ["b"]
