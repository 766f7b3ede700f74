import pytest

from luthier.data.formats.text_label import TextLabel


def test_a_pair_of_texts_keeps_its_order() -> None:
    rows = [{"label": 0, "hypothesis": "b", "premise": "a"}]
    found = TextLabel().recognise(rows)
    assert found is not None
    assert TextLabel().read(rows[0], found.columns) == {"text": "a", "text_pair": "b", "label": 0}


def test_a_list_of_labels_stays_a_list() -> None:
    columns = {"text": "text", "label": "labels"}
    assert TextLabel().read({"text": "a", "labels": ["x"]}, columns)["label"] == ["x"]


def test_a_separator_makes_lists_of_all_labels() -> None:
    read = TextLabel(label_separator=",").read
    columns = {"text": "1", "label": "2"}
    assert read({"1": "a", "2": "27"}, columns)["label"] == ["27"]


def test_an_empty_label_is_refused() -> None:
    with pytest.raises(ValueError, match="label is empty"):
        TextLabel().read({"text": "a"}, {"text": "text", "label": "label"})


def test_text_without_label_is_not_recognised() -> None:
    assert TextLabel().recognise([{"text": "a"}]) is None
