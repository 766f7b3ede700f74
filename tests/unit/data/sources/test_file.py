import gzip
from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.sources.file import File

CSV = "text,label\nHi,ham\n"


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_relative_path_is_read_from_the_current_folder_and_named_as_written() -> None:
    Path("a.csv").write_text(CSV)
    assert next(File(path="a.csv").rows()).place == "a.csv:2"


def test_a_tilde_is_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    Path("a.csv").write_text(CSV)
    assert len(list(File(path="~/a.csv").rows())) == 1


def test_rows_can_be_read_again() -> None:
    Path("a.csv").write_text(CSV)
    source = File(path="a.csv")
    assert list(source.rows()) == list(source.rows())


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json", "a.txt", "a.tsv", "a.conll", "a"])
def test_an_empty_file_is_refused(name: str) -> None:
    Path(name).touch()
    with pytest.raises(UserError, match=f"{name}: holds no rows"):
        list(File(path=name).rows())


def test_a_missing_file_is_refused_with_the_nearest_name() -> None:
    Path("mails.csv").write_text(CSV)
    with pytest.raises(UserError, match=r"mials\.csv: no such file\. Did you mean `mails\.csv`"):
        list(File(path="mials.csv").rows())


def test_a_binary_file_with_a_text_name_is_refused() -> None:
    Path("a.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(UserError, match=r"a\.csv: a binary file, not text: it is a PNG image"):
        list(File(path="a.csv").rows())


def test_an_unknown_ending_is_read_by_content_and_told() -> None:
    Path("a.dat").write_text(CSV)
    source = File(path="a.dat")
    assert next(source.rows()).fields == {"text": "Hi", "label": "ham"}
    assert source.remarks() == ["Read a.dat as csv, judging by its content."]


def test_a_known_ending_is_nothing_to_remark_on() -> None:
    Path("a.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    assert File(path="a.csv.gz").remarks() == []


def test_the_user_may_name_the_reader() -> None:
    Path("train.txt").write_text("EU\tB-ORG\n")
    rows = list(File(path="train.txt", reader="conll").rows())
    assert rows[0].fields == {"tokens": ["EU"], "tags": ["B-ORG"]}


def test_a_header_can_be_denied() -> None:
    Path("a.tsv").write_text("good\tbad\n")
    rows = list(File(path="a.tsv", header=False).rows())
    assert rows[0].fields == {"1": "good", "2": "bad"}


def test_a_header_means_nothing_to_json_lines() -> None:
    Path("a.jsonl").write_text('{"text": "a"}\n')
    with pytest.raises(UserError, match="`header` can be said of csv, tsv and xlsx files"):
        list(File(path="a.jsonl", header=False).rows())


def test_only_a_table_can_do_without_its_header() -> None:
    source = File(path="a.jsonl")
    assert source.without_header() is source
    assert File(path="a.csv").without_header() is not source


def test_a_header_that_the_user_settled_stays_settled() -> None:
    source = File(path="a.csv", header=True)
    assert source.without_header() is source
