import gzip
import os
from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.parsing import raw_file
from luthier.data.parsing.raw_file import BinaryFile, RawFile

BINARIES = {
    "image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "zip": b"PK\x03\x04\x14\0\0\0\x08\0",
    "program": b"\x7fELF\x02\x01\x01\0\0",
    "pdf": b"%PDF-1.7\n%\xe2\xe3",
    "unknown": b"abc\0def",
    "gzip without .gz": gzip.compress(b"text,label\n"),
}


def raw(tmp_path: Path, content: bytes, name: str = "a.txt") -> RawFile:
    (tmp_path / name).write_bytes(content)
    return RawFile(tmp_path / name, name)


def test_lines_keep_their_ends_and_read_every_kind_of_end_alike(tmp_path: Path) -> None:
    assert list(raw(tmp_path, b"a\r\nb\rc\nd").lines()) == ["a\n", "b\n", "c\n", "d"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_with_a_byte_order_mark_is_decoded_by_it(tmp_path: Path, encoding: str) -> None:
    assert raw(tmp_path, "文本\nspam\n".encode(encoding)).whole() == "文本\nspam\n"


def test_bytes_that_are_no_utf8_are_kept_as_surrogates(tmp_path: Path) -> None:
    content = "垃圾短信".encode("gb18030")
    text = raw(tmp_path, content).whole()
    assert text.encode("utf-8", "surrogateescape") == content


@pytest.mark.parametrize("content", BINARIES.values(), ids=BINARIES)
def test_binary_content_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BinaryFile, match=r"a\.txt: a binary file"):
        raw(tmp_path, content).whole()


def test_a_nul_byte_far_down_is_refused_with_its_line(tmp_path: Path) -> None:
    file = raw(tmp_path, b"line\n" * 20_000 + b"a\0b\n")
    with pytest.raises(BinaryFile, match=r"a\.txt:20001: a binary file"):
        list(file.lines())


def test_a_spreadsheet_is_named_as_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="an Office document; name it so"):
        raw(tmp_path, BINARIES["zip"], "mails.csv").head()


def test_a_line_without_end_is_refused_before_all_of_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_file, "MAX_RECORD", 1000)
    file = raw(tmp_path, b"short\n" + b"x" * 5000)
    with pytest.raises(UserError, match=r"a\.txt:2: more than \d+ million characters"):
        list(file.lines())


def test_a_text_that_is_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_file, "MAX_RECORD", 1000)
    with pytest.raises(UserError, match=r"a\.txt: more than"):
        raw(tmp_path, b"x" * 1001).whole()


def test_gz_reads_as_the_plain_file_does(tmp_path: Path) -> None:
    content = "a\r\n文\n".encode()
    packed = raw(tmp_path, gzip.compress(content), "a.txt.gz")
    assert list(packed.lines("")) == list(raw(tmp_path, content).lines("")) == ["a\r\n", "文\n"]


def test_gz_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(os.urandom(50_000).hex().encode())
    with pytest.raises(UserError, match=r"a\.txt\.gz: cut short; fetch it again"):
        raw(tmp_path, packed[:-5000], "a.txt.gz").whole()


def test_gz_that_is_damaged_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(os.urandom(50_000).hex().encode()))
    packed[1000:1100] = bytes(100)
    with pytest.raises(UserError, match=r"a\.txt\.gz: damaged gzip data"):
        raw(tmp_path, bytes(packed), "a.txt.gz").whole()


def test_a_gz_name_without_gz_content_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not gzip data in spite of its name"):
        raw(tmp_path, b"text,label\n", "a.csv.gz").whole()


def test_utf16_that_ends_in_the_middle_of_a_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="broken UTF-16"):
        raw(tmp_path, "文本".encode("utf-16")[:-1]).whole()


def test_a_missing_file_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "mails.csv").touch()
    with pytest.raises(UserError, match=r"no such file\. Did you mean `mails\.csv`\?"):
        RawFile(tmp_path / "mail.csv").head()


def test_a_missing_file_in_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder"):
        RawFile(tmp_path / "nowhere" / "mail.csv").head()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="a folder where a file is needed"):
        RawFile(tmp_path).head()


def test_a_named_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UserError, match="neither a file nor a folder"):
        RawFile(tmp_path / "pipe.csv").head()


@pytest.mark.parametrize(
    ("name", "extension"),
    [("Mails.CSV", "csv"), ("a.b.jsonl.gz", "jsonl"), ("mails", ""), ("0001.7c53", "7c53")],
)
def test_the_extension_is_lower_case_and_without_gz(name: str, extension: str) -> None:
    assert RawFile(Path(name)).extension == extension


def test_the_head_of_a_large_file_is_small(tmp_path: Path) -> None:
    assert len(raw(tmp_path, b"line\n" * 10_000).head()) == raw_file.HEAD_LINES
