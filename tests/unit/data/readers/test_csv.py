import csv
import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.data.parsing import table
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.csv import Csv
from luthier.data.source import Found

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def read(tmp_path: Path, content: str | bytes, **options: Any) -> list[Found]:
    raw = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "a.csv").write_bytes(raw)
    return list(Csv(**options).rows(RawFile(tmp_path / "a.csv", "a.csv")))


def test_rows_have_the_names_of_the_header_and_the_lines_they_begin_on(tmp_path: Path) -> None:
    rows = read(tmp_path, 'text,label\n"two\nlines",spam\n\nHi,ham\n')
    assert rows == [
        Found({"text": "two\nlines", "label": "spam"}, "a.csv:2"),
        Found({"text": "Hi", "label": "ham"}, "a.csv:5"),
    ]


@given(st.lists(st.tuples(cells, cells).filter(any), max_size=8), st.sampled_from(",;\t|"))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], delimiter: str
) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerows([("text", "label"), *rows])
    found = read(tmp_path_factory.mktemp("csv"), buffer.getvalue())
    assert [tuple(row.fields.values()) for row in found] == [
        (t or None, c or None) for t, c in rows
    ]


@given(st.lists(st.tuples(cells, cells), max_size=4))
def test_gz_is_read_as_the_plain_file(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([("text", "label"), *rows])
    folder = tmp_path_factory.mktemp("csv")
    (folder / "a.csv.gz").write_bytes(gzip.compress(buffer.getvalue().encode()))
    packed = Csv().rows(RawFile(folder / "a.csv.gz", "a.csv"))
    assert list(packed) == read(folder, buffer.getvalue())


def test_an_empty_cell_is_none_and_a_number_stays_text(tmp_path: Path) -> None:
    assert read(tmp_path, "text,label,id\nHi,,007\n")[0].fields == {
        "text": "Hi",
        "label": None,
        "id": "007",
    }


def test_a_row_of_empty_cells_is_passed_over(tmp_path: Path) -> None:
    assert len(read(tmp_path, "text,label\nHi,ham\n,\n,\n")) == 1


def test_ragged_rows_are_told_at_once_with_their_lines_and_counts(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, "text,label\nHi,ham\na,b,c\nonly\nd,e,f\n")
    assert "3 cells in a.csv:3, a.csv:5; 1 cell in a.csv:4: the first row has 2" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("text,label,text", "names `text` twice"),
        ("text,,label", "no name for column 2"),
        ("text,label, ", "no name for column 3"),
    ],
)
def test_a_header_without_a_name_for_each_column_is_refused(
    tmp_path: Path, header: str, said: str
) -> None:
    with pytest.raises(UserError, match=rf"a\.csv:1: the header .*{said}.*Give every column"):
        read(tmp_path, f"{header}\na,b,c\n")


def test_a_header_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the header is not UTF-8"):
        read(tmp_path, "文本,标签\n你好,垃圾\n".encode("gb18030"))


def test_cells_that_are_not_utf8_keep_their_bytes(tmp_path: Path) -> None:
    raw = "你好，世界".encode("gb18030")
    text = read(tmp_path, b"text,label\n" + raw + b",ham\n")[0].fields["text"]
    assert text.encode("utf-8", "surrogateescape") == raw


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, "text;label\n你好;ham\n".encode(encoding))[0].fields["text"] == "你好"


def test_a_quote_that_is_never_closed_is_told_where_it_opens(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a\.csv:3: a quote that opens here is never closed"):
        read(tmp_path, 'text,label\nHi,ham\n"Oh,spam\nBye,ham\n')


def test_a_quote_that_is_closed_too_early_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a\.csv:2: .*Double the quotes"):
        read(tmp_path, 'text,label\n"Hi" he said,ham\n')


def test_a_quoted_cell_that_never_ends_is_refused_at_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MAX_RECORD", 100)
    with pytest.raises(UserError, match="a quote that opens here is never closed"):
        read(tmp_path, 'text,label\n"' + "x\n" * 5000)


def test_without_header_columns_go_by_number(tmp_path: Path) -> None:
    assert read(tmp_path, "Hi,ham\n", header=False)[0].fields == {"1": "Hi", "2": "ham"}


def test_a_first_line_of_data_is_a_row_and_remarked_on(tmp_path: Path) -> None:
    assert len(read(tmp_path, "Hi there.,1\nBye.,0\n")) == 2
    remark = Csv().remark(RawFile(tmp_path / "a.csv", "a.csv"))
    assert "a.csv looks like data, so its columns are called 1, 2" in remark


def test_a_header_is_nothing_to_remark_on(tmp_path: Path) -> None:
    read(tmp_path, "text,label\nHi,ham\n")
    assert Csv().remark(RawFile(tmp_path / "a.csv")) == ""


def test_what_the_user_says_of_the_header_settles_it(tmp_path: Path) -> None:
    assert read(tmp_path, "2020,2021\n3,4\n", header=True)[0].fields == {"2020": "3", "2021": "4"}


def test_quotes_are_characters_if_the_user_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, 'text,label\n"Hi" he,ham\n', quotes=False)[0].fields["text"] == '"Hi" he'


@pytest.mark.parametrize("content", ["", "\n\n", "text,label\n"])
def test_a_file_without_rows_gives_none(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == []


def test_old_macintosh_line_ends_end_lines(tmp_path: Path) -> None:
    assert len(read(tmp_path, "text,label\rHi,ham\rBye,spam\r")) == 2
