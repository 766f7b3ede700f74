from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.choose_reader import build_reader, extensions, sniff
from luthier.data.parsing.raw_file import RawFile


@pytest.mark.parametrize(
    ("content", "reader"),
    [
        ('{"text": "a"}\n{"text": "b"}\n', "jsonl"),
        ('{\n  "data": []\n}\n', "json"),
        ('[{"text": "a"}]', "json"),
        ("text,label\na,b\n", "csv"),
        ("text;label\na;b\n", "csv"),
        ("text\tlabel\na\tb\n", "tsv"),
        ("Dear Sir, yours.\nWell, no.\n", "txt"),
        ("just one line", "txt"),
        ("", "txt"),
    ],
)
def test_an_unknown_ending_is_judged_by_content(tmp_path: Path, content: str, reader: str) -> None:
    (tmp_path / "mails.dat").write_text(content, "utf-8")
    assert sniff(RawFile(tmp_path / "mails.dat")) == reader


def test_parquet_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "mails").write_bytes(b"PAR1....")
    assert sniff(RawFile(tmp_path / "mails")) == "parquet"


def test_every_ending_belongs_to_one_reader() -> None:
    assert {"jsonl", "json", "csv", "tsv", "parquet", "txt", "conll"} <= extensions().keys()


def test_an_option_of_tables_is_refused_for_other_files() -> None:
    with pytest.raises(UserError, match="`header` can be said of csv, tsv and xlsx files, not"):
        build_reader("jsonl", {"header": True})


def test_an_unknown_reader_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match="Did you mean `jsonl`"):
        build_reader("jsnl", {})
