from pathlib import Path

from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.txt import Txt
from luthier.data.source import Found


def test_each_line_that_is_not_blank_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("一\r\n \n\ntwo words".encode())
    assert list(Txt().rows(RawFile(tmp_path / "a.txt", "a.txt"))) == [
        Found({"text": "一"}, "a.txt:1"),
        Found({"text": "two words"}, "a.txt:4"),
    ]


def test_a_line_separator_of_unicode_ends_no_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("a\u2028b\x85c\n".encode())
    assert [row.fields for row in Txt().rows(RawFile(tmp_path / "a.txt"))] == [
        {"text": "a\u2028b\x85c"}
    ]
