import json
from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.json import Json
from luthier.data.source import Found

ROWS = [{"text": "a"}, {"text": "文"}]
QUESTION = {"id": "1", "question": "Who?", "answers": [{"text": "I", "answer_start": 0}]}
SQUAD = {
    "version": "1.1",
    "data": [{"title": "t", "paragraphs": [{"context": "I am.", "qas": [QUESTION, QUESTION]}]}],
}


def read(tmp_path: Path, content: Any) -> list[Found]:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    (tmp_path / "a.json").write_text(text, "utf-8")
    return list(Json().rows(RawFile(tmp_path / "a.json", "a.json")))


@pytest.mark.parametrize(
    "content",
    [ROWS, {"version": 1, "data": ROWS}, "\n".join(map(json.dumps, ROWS)), {"train": ROWS}],
    ids=["list", "data", "lines", "another key"],
)
def test_a_list_of_objects_is_read_wherever_it_stands(tmp_path: Path, content: Any) -> None:
    assert [row.fields for row in read(tmp_path, content)] == ROWS


def test_a_row_has_its_number_for_a_place(tmp_path: Path) -> None:
    assert read(tmp_path, ROWS)[1].place == "a.json item 2"


@pytest.mark.parametrize("content", [SQUAD, SQUAD["data"]], ids=["tree", "articles"])
def test_squad_gives_a_row_for_each_question(tmp_path: Path, content: Any) -> None:
    rows = read(tmp_path, content)
    assert [row.place for row in rows] == ["a.json item 1", "a.json item 2"]
    assert rows[0].fields == {"title": "t", "context": "I am.", **QUESTION}


def test_a_squad_paragraph_without_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"its list of questions `qas` in a\.json after item 0"):
        read(tmp_path, {"data": [{"paragraphs": [{"context": "c"}]}]})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"text": {"0": "a"}, "label": {"0": "b"}}, "but none"),
        ({"a": ROWS, "b": ROWS}, "several: a, b"),
        ("3", "neither a list of objects nor an object"),
        ("nonsense", "neither a list of objects nor an object"),
        (["a", "b"], r"text instead of an object in a\.json item 1, a\.json item 2"),
        ('[{"a": 1},\n{"a" 2}]', r"a\.json:2, column 6: broken JSON"),
        ('[{"a": 1, "a": 2}]', "the key `a` stands twice"),
    ],
)
def test_what_holds_no_rows_is_refused_with_the_remedy(
    tmp_path: Path, content: Any, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        read(tmp_path, content)


@pytest.mark.parametrize("content", ["", " \n", "[]"])
def test_a_file_without_rows_gives_none(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == []
