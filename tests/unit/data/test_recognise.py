from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.data.recognise import recognise

SPAM = [{"Category": "ham", "Message": "Hi"}, {"Category": "spam", "Message": "Win"}]
TALK = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]


@pytest.mark.parametrize(
    ("row", "name", "columns"),
    [
        ({"text": "a", "label": 1}, "text_label", {"text": "text", "label": "label"}),
        ({"review": "a", "Sentiment": "p"}, "text_label", {"text": "review", "label": "Sentiment"}),
        ({"文本": "你好", "标签": "垃圾"}, "text_label", {"text": "文本", "label": "标签"}),
        ({"text": "a", "labels": ["x", "y"]}, "text_label", {"text": "text", "label": "labels"}),
        (
            {"premise": "a", "hypothesis": "b", "label": 0},
            "text_label",
            {"text": "premise", "text_pair": "hypothesis", "label": "label"},
        ),
        ({"messages": TALK}, "messages", {"messages": "messages"}),
        (
            {"instruction": "a", "input": "", "output": "b"},
            "alpaca",
            {"instruction": "instruction", "input": "input", "output": "output"},
        ),
        (
            {"conversations": [{"from": "human", "value": "a"}]},
            "sharegpt",
            {"messages": "conversations"},
        ),
        (
            {"question": "a", "answer": "b"},
            "prompt_completion",
            {"prompt": "question", "completion": "answer"},
        ),
        (
            {"article": "a", "highlights": "b"},
            "prompt_completion",
            {"prompt": "article", "completion": "highlights"},
        ),
        (
            {"prompt": "a", "chosen": "b", "rejected": "c"},
            "preference",
            {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"},
        ),
        (
            {"context": "a", "question": "b", "answers": {"text": [], "answer_start": []}},
            "squad",
            {"context": "context", "question": "question", "answers": "answers"},
        ),
        (
            {"tokens": ["a"], "ner_tags": [0], "pos_tags": [1]},
            "tokens_tags",
            {"tokens": "tokens", "tags": "ner_tags"},
        ),
        (
            {"anchor": "a", "positive": "b"},
            "pairs",
            {"anchor": "anchor", "positive": "positive"},
        ),
        (
            {"query": "a", "pos": "b", "neg": "c"},
            "triplets",
            {"anchor": "query", "positive": "pos", "negative": "neg"},
        ),
        (
            {"sentence1": "a", "sentence2": "b", "score": 0.5},
            "scored_pairs",
            {"text": "sentence1", "text_pair": "sentence2", "score": "score"},
        ),
        ({"content": "a", "url": "b"}, "plain_text", {"text": "content"}),
    ],
)
def test_a_shape_is_recognised_by_its_columns(
    row: dict[str, Any], name: str, columns: dict[str, str]
) -> None:
    found = recognise([row], "a.jsonl")
    assert (found.name, dict(found.columns)) == (name, columns)


def test_one_sentence_says_what_was_recognised() -> None:
    assert recognise(SPAM, "spam.csv").sentence == (
        "Recognised text + label in spam.csv: text from `Message`, label from `Category`."
    )


def test_what_columns_says_wins_over_the_names() -> None:
    rows = [{"text": "a", "code": "b", "label": "c"}]
    found = recognise(rows, "a.jsonl", columns={"prompt": "text", "completion": "code"})
    assert found.name == "prompt_completion"
    assert dict(found.columns) == {"prompt": "text", "completion": "code"}


def test_a_column_that_is_not_named_is_still_found_by_itself() -> None:
    found = recognise([{"review": "a", "grade": "b"}], "a.csv", columns={"label": "grade"})
    assert dict(found.columns) == {"text": "review", "label": "grade"}


def test_a_column_may_take_the_place_of_one_that_bears_its_field() -> None:
    rows = [{"tokens": ["a"], "2": ["NN"], "tags": ["O"]}]
    found = recognise(rows, "a.conll", columns={"tags": "2"})
    assert dict(found.columns) == {"tokens": "tokens", "tags": "2"}


def test_another_label_column_is_remarked_on() -> None:
    found = recognise([{"text": "a", "category": "b", "topic": "c"}], "a.csv")
    assert found.columns["label"] == "category"
    assert "`topic` could be the label too" in found.sentence


def test_a_long_text_is_no_label() -> None:
    found = recognise([{"text": "a", "target": "b" * 200}], "a.csv")
    assert found.name == "plain_text"


def test_a_label_column_without_labels_is_still_the_label() -> None:
    assert recognise([{"text": "a", "label": None}], "a.csv").name == "text_label"


def test_wrong_names_in_columns_are_all_told_with_the_nearest() -> None:
    with pytest.raises(UserError) as caught:
        recognise(SPAM, "spam.csv", columns={"label": "Categori", "txt": "Message"})
    said = str(caught.value)
    assert "columns.label: spam.csv has no column `Categori`. Did you mean `Category`?" in said
    assert "columns.txt: no such field. Did you mean `text`?" in said


def test_no_known_shape_is_refused_with_the_columns_and_shapes_there_are() -> None:
    with pytest.raises(UserError) as caught:
        recognise([{"1": "Hi.", "2": "嗨。"}], "a.tsv")
    said = str(caught.value)
    assert "a.tsv has the columns `1` (Hi.), `2` (嗨。), and no known shape fits" in said
    assert '`columns: {text: "1", label: "2"}`' in said
    assert "  prompt_completion: `prompt` and `completion`" in said


def test_a_named_format_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UserError, match="which is not the shape `alpaca`"):
        recognise(SPAM, "spam.csv", format="alpaca")


def test_a_named_format_with_options_is_used() -> None:
    rows = [{"text": "a", "label": "3,10"}]
    found = recognise(rows, "a.csv", format={"text_label": {"label_separator": ","}})
    assert found.format.read(rows[0], found.columns)["label"] == ["3", "10"]


def test_columns_that_no_shape_can_use_together_are_refused() -> None:
    with pytest.raises(UserError, match="no known shape fits with `text`, `chosen` as said"):
        recognise([{"a": "x", "b": "y"}], "a.csv", columns={"text": "a", "chosen": "b"})


def test_rows_without_columns_are_refused() -> None:
    with pytest.raises(UserError, match="its rows have no columns"):
        recognise([{}], "a.jsonl")


def test_a_long_value_is_clipped_where_columns_are_listed() -> None:
    with pytest.raises(UserError, match=r"`code` \(x{30}\.\.\.\)"):
        recognise([{"code": "x" * 1000}], "a.jsonl")
