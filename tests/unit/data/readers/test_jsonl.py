import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.data.parsing import raw_file
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.jsonl import Jsonl
from luthier.data.source import Found

texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
objects = st.dictionaries(texts, scalars | st.lists(scalars, max_size=3), max_size=4)


def read(tmp_path: Path, content: bytes) -> list[Found]:
    (tmp_path / "a.jsonl").write_bytes(content)
    return list(Jsonl().rows(RawFile(tmp_path / "a.jsonl", "a.jsonl")))


@given(st.lists(objects, max_size=6), st.booleans())
def test_what_is_written_is_read_back_plain_and_packed(
    tmp_path_factory: pytest.TempPathFactory, written: list[dict[str, Any]], ascii_only: bool
) -> None:
    lines = "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in written).encode()
    folder = tmp_path_factory.mktemp("jsonl")
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(lines))
    plain = read(folder, lines)
    assert [row.fields for row in plain] == written
    assert list(Jsonl().rows(RawFile(folder / "a.jsonl.gz", "a.jsonl"))) == plain


def test_blank_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    assert read(tmp_path, b'{"a": 1}\n\n  \n{"a": 2}')[-1].place == "a.jsonl:4"


def test_broken_lines_are_told_at_once_with_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, b'{"a": 1}\n{"a": 1,,}\n{"a": 2}\n{"a\n')
    said = str(caught.value)
    assert "broken JSON at column 9 " in said
    assert "in a.jsonl:2;" in said
    assert "in a.jsonl:4: write one whole JSON object a line." in said


@pytest.mark.parametrize(
    ("line", "said"),
    [("[1]", "a list"), ("3", "a number"), ('"a"', "text"), ("null", "nothing")],
)
def test_a_line_that_is_no_object_is_refused(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(UserError, match=rf"{said} instead of an object in a\.jsonl:1"):
        read(tmp_path, line.encode())


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"the key `text` stands twice in one object in a\.jsonl:2"):
        read(tmp_path, b'{"a": 1}\n{"text": "a", "text": "b"}\n')


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_file, "MAX_RECORD", 1000)
    with pytest.raises(UserError, match=r"a\.jsonl:1: more than"):
        read(tmp_path, b'{"text": "' + b"x" * 2000 + b'"}')


def test_text_that_is_not_utf8_keeps_its_bytes(tmp_path: Path) -> None:
    raw = "é".encode("latin-1")
    text = read(tmp_path, b'{"text": "' + raw + b'"}')[0].fields["text"]
    assert text.encode("utf-8", "surrogateescape") == raw


def test_hostile_nesting_is_told_as_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nested too deeply in a\.jsonl:1"):
        read(tmp_path, b'{"a":' * 100_000)


TASK = {"instruction": "Add.", "instances": [{"input": str(n), "output": "2"} for n in range(2)]}


def test_a_task_with_instances_is_a_row_for_each_of_them(tmp_path: Path) -> None:
    rows = read(tmp_path, json.dumps({"id": "t", **TASK}).encode())
    assert [row.fields for row in rows] == [
        {"id": "t", "instruction": "Add.", "input": "0", "output": "2"},
        {"id": "t", "instruction": "Add.", "input": "1", "output": "2"},
    ]


def test_a_task_without_instances_is_one_row_as_it_stands(tmp_path: Path) -> None:
    task = {"instruction": "Add.", "instances": []}
    assert [row.fields for row in read(tmp_path, json.dumps(task).encode())] == [task]


def test_an_article_in_one_line_is_a_row_for_each_question(tmp_path: Path) -> None:
    article = {"title": "t", "paragraphs": [{"context": "c", "qas": [{"question": "q"}] * 2}]}
    rows = read(tmp_path, json.dumps(article).encode())
    assert [row.fields["question"] for row in rows] == ["q", "q"]


def test_a_broken_article_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a paragraph without `context` in a\.jsonl:2"):
        read(tmp_path, b'{"a": 1}\n{"paragraphs": [{}]}\n')
