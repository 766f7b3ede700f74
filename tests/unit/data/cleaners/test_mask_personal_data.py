"""Replaces personal data, and breaks nothing that hangs on the text."""

import json
from typing import Any

import pytest

from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.cleaner import Tally
from luthier.data.cleaners.mask_personal_data import MaskPersonalData

PHONE = "13912345678"


def masked(fields: dict[str, Any], tally: Tally | None = None, **options: Any) -> dict[str, Any]:
    row = MaskPersonalData(**{"style": "tag"} | options).repair(Row(fields), tally or Tally("x"))
    assert row is not None
    return dict(row.fields)


def test_one_value_has_one_pseudonym_however_it_is_written() -> None:
    cleaner = MaskPersonalData()
    texts = [f"手机{PHONE}", "call +86 139-1234-5678 please"]
    rows = [cleaner.repair(Row({"text": text}), Tally("x")) for text in texts]
    first, second = (str(row["text"]) for row in rows if row is not None)
    assert first.removeprefix("手机") == second.removeprefix("call ").removesuffix(" please")


@pytest.mark.parametrize("style, text", [("tag", "at [EMAIL] now"), ("remove", "at now")])
def test_the_style_decides_what_takes_the_place(style: str, text: str) -> None:
    assert masked({"text": "at a@b.com now"}, style=style) == {"text": text}


def test_values_are_counted_by_kind() -> None:
    tally = Tally("x")
    masked({"text": f"a@b.com {PHONE}", "text_pair": "c@d.com"}, tally)
    assert tally.notes == {"mail addresses": 2, "telephone numbers": 1}


def test_names_made_without_a_secret_are_told() -> None:
    tally = Tally("x")
    masked({"text": "a@b.com"}, tally, style="pseudonym")
    assert tally.notes["rows with pseudonyms made without a secret key"] == 1


def test_a_row_of_nothing_else_is_dropped_when_values_are_removed() -> None:
    tally = Tally("x")
    assert MaskPersonalData(style="remove").repair(Row({"text": "a@b.com"}), tally) is None
    assert tally.dropped == {"nothing but personal data": 1}


@pytest.mark.parametrize("style", ["tag", "pseudonym", "remove"])
def test_answers_stand_where_they_say(style: str) -> None:
    context = f"Mail a@b.com or call {PHONE}, says Wang of Beijing."
    texts = [PHONE, "Wang", f"call {PHONE}", "Mail"]
    answers = {"text": texts, "answer_start": [context.index(text) for text in texts]}
    fields = masked({"context": context, "question": "?", "answers": answers}, style=style)
    starts = fields["answers"]["answer_start"]
    assert PHONE not in json.dumps(fields)
    for text, start in zip(fields["answers"]["text"], starts, strict=True):
        assert text
        assert fields["context"].startswith(text, start)


def test_an_answer_that_does_not_stand_where_it_says_is_masked_all_the_same() -> None:
    answers = {"text": [PHONE], "answer_start": [3]}
    fields = masked({"context": f"call {PHONE}", "question": "?", "answers": answers})
    assert fields["answers"]["text"] == ["[PHONE]"]


@pytest.mark.parametrize("style", ["tag", "remove"])
@pytest.mark.parametrize(
    "tokens, expected",
    [
        (["Mail", "a@b.com", "."], ["Mail", "[EMAIL]", "."]),
        (["Call", "+49", "30", "123456", "!"], ["Call", *["[PHONE]"] * 3, "!"]),
        (["电", "话", *PHONE, "。"], ["电", "话", *["[PHONE]"] * 11, "。"]),
        (["(a@b.com)"], ["([EMAIL])"]),
    ],
)
def test_tagged_words_stay_as_many(style: str, tokens: list[str], expected: list[str]) -> None:
    tags = ["O"] * len(tokens)
    fields = masked({"tokens": tokens, "tags": tags}, style=style)
    assert fields == {"tokens": expected, "tags": tags}


def test_messages_are_masked_and_what_tools_were_called_with_stays_json() -> None:
    call = {"name": "mail", "arguments": json.dumps({"to": "a@b.com", "phone": int(PHONE), "n": 3})}
    messages = [
        {"role": "system", "content": "Answer as help@b.com."},
        {"role": "assistant", "content": "", "tool_calls": [{"id": PHONE, "function": call}]},
    ]
    system, assistant = masked({"messages": messages})["messages"]
    assert system["content"] == "Answer as [EMAIL]."
    made = assistant["tool_calls"][0]
    assert json.loads(made["function"]["arguments"]) == {
        "to": "[EMAIL]",
        "phone": "[PHONE]",
        "n": 3,
    }
    assert made["id"] == PHONE


def test_columns_that_only_come_along_keep_apart_what_is_different() -> None:
    first, second = (masked({"text": "Hi", "sender": f"{name}@b.com"})["sender"] for name in "ac")
    assert first != second
    assert "@" not in first + second


def test_labels_and_programs_stay_as_they_are() -> None:
    fields = {"text": "Hi", "label": "help@b.com"}
    assert masked(fields) == fields
    program = {"prompt": "# a@b.com", "completion": "pass", "tests": "assert True"}
    assert masked(program) == program


def test_a_row_to_be_shown_holds_neither_value_nor_kind_nor_length() -> None:
    row = MaskPersonalData().conceal(Row({"text": f"mail a@b.com, call {PHONE}"}))
    assert row["text"] == "mail █████, call █████"


def test_an_unknown_kind_is_refused() -> None:
    mistakes = Menu("luthier.data.cleaners").mistakes(
        {"mask_personal_data": {"kinds": ["name"]}}, "data.clean"
    )
    assert [mistake.place for mistake in mistakes] == ["data.clean.mask_personal_data.kinds.0"]
