"""Turns mails and pages into text."""

import pytest

from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.extract_text import ExtractText

MAIL = "From: a@b.c\nSubject: Hi\nContent-Type: text/html\n\n<p>One<p>Two"


@pytest.fixture
def tally() -> Tally:
    return Tally("extract_text")


def test_a_mail_becomes_its_subject_and_body(tally: Tally) -> None:
    row = ExtractText().repair(Row({"text": MAIL, "label": "spam"}), tally)
    assert row is not None
    assert row.fields == {"text": "Subject: Hi\n\nOne\n\nTwo", "label": "spam"}
    assert tally.notes == {"mails": 1}


def test_the_headers_that_stay_can_be_chosen(tally: Tally) -> None:
    row = ExtractText(headers=("From",)).repair(Row({"text": MAIL}), tally)
    assert row is not None
    assert row["text"] == "From: a@b.c\n\nOne\n\nTwo"


def test_a_page_becomes_its_text(tally: Tally) -> None:
    row = ExtractText().repair(Row({"text": "<html><body>a<br>b</html>"}), tally)
    assert row is not None
    assert row["text"] == "a\nb"
    assert tally.notes == {"HTML pages": 1}


def test_other_text_stays_as_it_is_with_its_white_space(tally: Tally) -> None:
    row = Row({"text": "  plain  text\n\n\n\nwith <p> in it "})
    assert ExtractText().repair(row, tally) is row


@pytest.mark.parametrize("text", ["<p>&nbsp;</p>", "From: a\nTo: b\n\n<img src=x>", " \n", ""])
def test_a_row_without_text_is_dropped_and_counted(text: str, tally: Tally) -> None:
    assert ExtractText().repair(Row({"text": text, "label": "ham"}), tally) is None
    assert tally.dropped == {"no text": 1}


def test_what_a_model_is_to_answer_is_never_touched(tally: Tally) -> None:
    row = Row({"prompt": "<p>Mend this.</p>", "completion": "<p>Mended.</p>"})
    assert ExtractText().repair(row, tally) is row


def test_both_texts_of_a_pair_are_extracted(tally: Tally) -> None:
    row = ExtractText().repair(Row({"anchor": "<p>a</p>", "positive": "b"}), tally)
    assert row is not None
    assert row.fields == {"anchor": "a", "positive": "b"}


def test_what_was_left_out_of_mails_is_noted(tally: Tally) -> None:
    mail = "From: a\nSubject: b\nContent-Type: image/png\n\nx"
    ExtractText().repair(Row({"text": mail}), tally)
    assert tally.notes == {"mails": 1, "attachments left out": 1}
