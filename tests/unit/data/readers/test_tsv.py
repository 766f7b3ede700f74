from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.tsv import Tsv
from luthier.data.source import Found

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\t\r\n"))


def read(tmp_path: Path, content: str, **options: Any) -> list[Found]:
    (tmp_path / "a.tsv").write_bytes(content.encode())
    return list(Tsv(**options).rows(RawFile(tmp_path / "a.tsv", "a.tsv")))


def test_quotes_are_characters_where_they_enclose_nothing(tmp_path: Path) -> None:
    rows = read(tmp_path, 'text\tlabel\n"Hi," he said.\tham\n"Bye."\tspam\n')
    assert [row.fields["text"] for row in rows] == ['"Hi," he said.', '"Bye."']


def test_quotes_that_enclose_line_breaks_are_syntax(tmp_path: Path) -> None:
    rows = read(tmp_path, 'text\tlabel\n"two\nlines"\tham\nHi\tspam\n')
    assert [row.fields["text"] for row in rows] == ["two\nlines", "Hi"]


def test_sentence_pairs_without_header_are_all_read(tmp_path: Path) -> None:
    rows = read(tmp_path, "Hi.\t嗨。\nRun.\t你用跑的。\n")
    assert [row.fields for row in rows] == [
        {"1": "Hi.", "2": "嗨。"},
        {"1": "Run.", "2": "你用跑的。"},
    ]


def test_commas_cut_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "text\tlabel\na,b\t3,10\n")[0].fields == {"text": "a,b", "label": "3,10"}


def test_ragged_rows_are_told_with_their_lines(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"3 cells in a\.tsv:3"):
        read(tmp_path, "text\tlabel\na\tb\na\tb\tc\n")


@given(st.lists(st.tuples(cells, cells).filter(any), max_size=8))
def test_raw_cells_are_read_back_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    content = "".join(f"{a}\t{b}\n" for a, b in [("text", "label"), *rows])
    found = read(tmp_path_factory.mktemp("tsv"), content, header=True, quotes=False)
    assert [tuple(row.fields.values()) for row in found] == [
        (a or None, b or None) for a, b in rows
    ]


def test_numbered_columns_are_remarked_on_unless_the_user_asked_for_them(tmp_path: Path) -> None:
    read(tmp_path, "Hi.\t嗨。\n")
    file = RawFile(tmp_path / "a.tsv", "a.tsv")
    assert "looks like data" in Tsv().remark(file)
    assert Tsv(header=False).remark(file) == ""
