import gzip
import os
from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.source import Found
from luthier.data.sources.folder import Folder
from tests import documents


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def fill(folder: Path, files: dict[str, str | bytes]) -> Folder:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return Folder(path="data")


def test_data_files_give_their_rows_in_order_of_their_paths(folder: Path) -> None:
    packed = gzip.compress(b'{"text": "b"}\n')
    files = {"b.jsonl.gz": packed, "a/c.csv": "text\na\n", "b.json": '[{"text": "c"}]'}
    assert list(fill(folder, files).rows()) == [
        Found({"text": "a"}, "data/a/c.csv:2"),
        Found({"text": "c"}, "data/b.json item 1"),
        Found({"text": "b"}, "data/b.jsonl.gz:1"),
    ]


def test_texts_in_sub_folders_are_labelled_by_them(folder: Path) -> None:
    source = fill(folder, {"spam/0001.7c53336b": "Win!\n", "ham/0002": "你好"})
    assert list(source.rows()) == [
        Found({"text": "你好", "file": "ham/0002", "label": "ham"}, "data/ham/0002"),
        Found(
            {"text": "Win!\n", "file": "spam/0001.7c53336b", "label": "spam"},
            "data/spam/0001.7c53336b",
        ),
    ]


def test_texts_without_sub_folders_have_no_label(folder: Path) -> None:
    rows = list(fill(folder, {"a.txt": "one\ntwo\n", "b.eml": "three"}).rows())
    assert [row.fields["text"] for row in rows] == ["one\ntwo\n", "three"]
    assert all("label" not in row.fields for row in rows)


def test_the_innermost_folder_is_the_label(folder: Path) -> None:
    rows = list(fill(folder, {"train/pos/1.txt": "a", "train/neg/1.txt": "b"}).rows())
    assert [row.fields["label"] for row in rows] == ["neg", "pos"]


def test_sub_folders_are_no_labels_if_the_user_says_so(folder: Path) -> None:
    fill(folder, {"a.md": "a", "guide/b.md": "b"})
    rows = list(Folder(path="data", labels=False).rows())
    assert [row.fields["text"] for row in rows] == ["a", "b"]
    assert all("label" not in row.fields for row in rows)


def test_texts_in_and_beside_sub_folders_are_refused_with_both_remedies(folder: Path) -> None:
    with pytest.raises(UserError, match=r"\(spam/1\), some do not \(stray\).*labels: false"):
        list(fill(folder, {"spam/1": "a", "stray": "b"}).rows())


def test_a_text_without_label_is_refused_where_labels_are_asked_for(folder: Path) -> None:
    fill(folder, {"stray": "b"})
    with pytest.raises(UserError, match="stray lies in no sub-folder"):
        list(Folder(path="data", labels=True).rows())


def test_a_readme_beside_data_is_left_out_and_told(folder: Path) -> None:
    source = fill(folder, {"README.md": "About.", "a.csv": "text\na\n"})
    assert len(list(source.rows())) == 1
    assert source.remarks() == ["Left out README.md, which is about the data."]


def test_a_readme_beside_labelled_texts_is_left_out_and_told(folder: Path) -> None:
    source = fill(folder, {"LICENSE": "MIT", "spam/1": "a"})
    assert [row.fields["label"] for row in source.rows()] == ["spam"]
    assert source.remarks() == ["Left out LICENSE, which is about the data."]


def test_a_readme_among_texts_is_a_text(folder: Path) -> None:
    source = fill(folder, {"README.md": "About.", "guide.md": "b"})
    assert len(list(source.rows())) == 2
    assert source.remarks() == []


def test_data_files_and_texts_together_are_refused(folder: Path) -> None:
    with pytest.raises(UserError, match=r"data files \(a\.csv\) and texts \(b\.txt\)"):
        list(fill(folder, {"a.csv": "text\na\n", "b.txt": "b"}).rows())


def test_a_pattern_says_which_files_to_read(folder: Path) -> None:
    fill(folder, {"a.csv": "text\na\n", "b.txt": "b"})
    assert [row.fields for row in Folder(path="data", files="*.csv").rows()] == [{"text": "a"}]


def test_a_pattern_that_matches_nothing_is_refused(folder: Path) -> None:
    fill(folder, {"a.csv": "text\na\n"})
    with pytest.raises(UserError, match=r"no files that match `\*\.tsv`"):
        list(Folder(path="data", files="*.tsv").rows())


def test_hidden_files_and_litter_are_passed_over(folder: Path) -> None:
    files = {".DS_Store": b"\0", "__MACOSX/a.csv": b"\0", "_SUCCESS": b"", "a.csv": "text\na\n"}
    assert len(list(fill(folder, files).rows())) == 1


def test_binary_files_among_texts_are_told_at_once(folder: Path) -> None:
    files = {"a.txt": "a", "b.png": b"\x89PNG\r\n", "c.bin": b"\0\1"}
    with pytest.raises(UserError, match=r"binary content .* in data/b\.png, data/c\.bin: take"):
        list(fill(folder, files).rows())


def test_texts_that_are_not_utf8_keep_their_bytes(folder: Path) -> None:
    rows = list(fill(folder, {"a": "垃圾".encode("gb18030")}).rows())
    assert rows[0].fields["text"].encode("utf-8", "surrogateescape") == "垃圾".encode("gb18030")


@pytest.mark.parametrize("content", [{}, {"sub/.hidden": "a"}])
def test_a_folder_without_files_is_refused(folder: Path, content: dict[str, str | bytes]) -> None:
    with pytest.raises(UserError, match="data: no files in this folder"):
        list(fill(folder, content).rows())


def test_a_folder_whose_data_files_are_empty_is_refused(folder: Path) -> None:
    with pytest.raises(UserError, match="hold no rows"):
        list(fill(folder, {"a.csv": "text\n", "b.jsonl": ""}).rows())


def test_a_missing_folder_is_refused_with_the_nearest_name(folder: Path) -> None:
    with pytest.raises(UserError, match=r"dat: no such file\. Did you mean `data`"):
        list(Folder(path="dat").rows())


def test_a_file_is_no_folder(folder: Path) -> None:
    fill(folder, {"a.csv": "text\n"})
    with pytest.raises(UserError, match="a file, not a folder"):
        list(Folder(path="data/a.csv").rows())


def test_a_link_that_leads_out_of_the_folder_is_refused(folder: Path) -> None:
    (folder.parent / "secret.txt").write_text("secret")
    os.symlink(folder.parent / "secret.txt", folder / "a.txt")
    with pytest.raises(UserError, match="a link that leads out of the folder"):
        list(Folder(path="data").rows())


def test_a_link_to_an_outer_folder_is_refused(folder: Path) -> None:
    os.symlink(folder.parent, folder / "loop")
    with pytest.raises(UserError, match="a link that leads out of the folder"):
        list(Folder(path="data").rows())


def test_tables_can_do_without_their_headers(folder: Path) -> None:
    source = fill(folder, {"a.tsv": "good\tbad\n"})
    assert [row.fields for row in source.without_header().rows()] == [{"1": "good", "2": "bad"}]


def test_only_tables_can_do_without_their_headers(folder: Path) -> None:
    source = fill(folder, {"a.jsonl": '{"text": "a"}\n'})
    assert source.without_header() is source


def test_numbered_columns_are_remarked_on(folder: Path) -> None:
    assert "looks like data" in fill(folder, {"a.tsv": "Hi.\t嗨。\n"}).remarks()[0]


def test_documents_are_rows_and_those_without_text_are_counted(folder: Path) -> None:
    files = {
        "a.docx": documents.docx(),
        "b.pdf": documents.pdf([]),
        "c.md": "# Three",
        "d.html": "<p>four",
        "e.pdf": b"%PDF-1.4",
        "f.xlsx": documents.xlsx({"S": [["x", "y"], [1, 2]]}),
    }
    source = fill(folder, files)
    assert [(row.fields["file"], row.fields["text"]) for row in source.rows()] == [
        ("a.docx", "Hello\n\nworld"),
        ("c.md", "# Three"),
        ("d.html", "four"),
        ("f.xlsx", "## S\n| x | y |\n| --- | --- |\n| 1 | 2 |"),
    ]
    (told,) = source.left_out()
    assert told.startswith("Left out 2 of 6 documents: without text, perhaps scanned in data/b.pdf")
    assert told.endswith("; damaged in data/e.pdf: mend them, or take them out.")


def test_documents_in_sub_folders_are_labelled_by_them(folder: Path) -> None:
    source = fill(folder, {"law/a.docx": documents.docx(), "news/b.html": "<p>b"})
    assert [row.fields["label"] for row in source.rows()] == ["law", "news"]
    assert source.left_out() == []


def test_documents_none_of_which_has_text_are_refused(folder: Path) -> None:
    with pytest.raises(UserError, match=r"without text, perhaps scanned in data/a\.pdf"):
        list(fill(folder, {"a.pdf": documents.pdf([])}).rows())


def test_workbooks_alone_are_tables(folder: Path) -> None:
    source = fill(folder, {"a.xlsx": documents.xlsx({"S": [["text"], ["a"]]})})
    assert [row.fields for row in source.rows()] == [{"text": "a"}]
