import pytest

from luthier.core.records import Row
from luthier.evaluation.baselines.lead import Lead, opening
from tests.questions import question
from tests.tiny import save_tiny

TEXT = "One two three. Four five six. Seven eight."


@pytest.mark.parametrize(
    ("room", "taken"),
    [
        (0, "One two three."),
        (5.9, "One two three."),
        (6, "One two three. Four five six."),
        (100, TEXT),
    ],
)
def test_sentences_are_taken_while_there_is_room(room, taken):
    assert opening(TEXT, room) == taken


def test_chinese_sentences_are_measured_in_characters_and_stand_side_by_side():
    assert opening("天气很好。我们散步。晚上下雨。", 8) == "天气很好。我们散步。"


def test_an_empty_document_has_no_lead():
    assert opening("", 10) == ""


def test_the_room_is_the_mean_length_of_the_references(tmp_path):
    rows = [
        Row({"prompt": TEXT, "completion": answer}) for answer in ("a b c d", "a b c d e f g h")
    ]
    base = save_tiny(tmp_path / "gpt2", "gpt2")
    found = Lead().answers(question("summarization", rows, base))
    assert found.predictions == ["One two three. Four five six."] * 2
