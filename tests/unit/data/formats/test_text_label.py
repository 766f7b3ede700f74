from pathlib import Path

import pytest

from luthier.core.errors import UserError
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


COLUMNS = {"text": "1", "label": "2"}


@pytest.mark.parametrize("label", ["2", 2, 2.0])
def test_a_number_becomes_the_name_that_is_given_for_it(label: object) -> None:
    read = TextLabel(label_names=["anger", "joy", "爱"]).read
    assert read({"1": "a", "2": label}, COLUMNS)["label"] == "爱"


def test_numbers_in_one_cell_become_names_out_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("anger\njoy\nfear \n\n", "utf-8")
    made = TextLabel(label_separator=",", label_names=str(tmp_path / "names.txt"))
    assert made.read({"1": "a", "2": "2, 0"}, COLUMNS)["label"] == ["fear", "anger"]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (2, r"label 2 has no name, for `label_names` has 2 of them"),
        (-1, "label -1 has no name"),
        (0.5, r"label 0\.5 has no name"),
        ("joy", "label `joy` is no number, but `label_names` are given"),
    ],
)
def test_a_label_without_a_name_is_refused(label: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        TextLabel(label_names=["anger", "joy"]).read({"1": "a", "2": label}, COLUMNS)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "a line without a name"),
        ("a\n\nb\n", "a line without a name"),
        ("a\nb\na\n", "`a` stands there twice"),
    ],
)
def test_a_file_that_does_not_name_every_label_once_is_refused(
    content: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "names.txt").write_text(content, "utf-8")
    with pytest.raises(UserError, match=f"names.txt: {said}"):
        TextLabel(label_names=str(tmp_path / "names.txt"))


def test_a_file_of_names_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"names\.txt"):
        TextLabel(label_names=str(tmp_path / "names.txt"))
