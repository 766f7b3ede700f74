from pathlib import Path

import pytest

from luthier.data.listing import kind_of, names_in, survey


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", "data"),
        ("sub/a.jsonl.gz", "data"),
        ("a.txt", "text"),
        ("0001.7c53", "text"),
        ("sub/a.txt", "text below"),
        ("README.md", "about"),
        ("LICENSE", "about"),
        ("sub/README.md", "text below"),
    ],
)
def test_a_file_is_data_a_text_or_about_the_data(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_names_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert list(names_in(tmp_path)) == ["a.txt", "b/1.txt", "b/2.txt", "c.txt"]


@pytest.mark.parametrize(
    ("names", "kind"),
    [(["a.xlsx"], "data"), (["a.xlsx", "b.csv"], "data"), (["a.xlsx", "b.pdf"], "text")],
)
def test_a_workbook_is_data_unless_it_lies_among_texts(
    names: list[str], kind: str, tmp_path: Path
) -> None:
    for name in names:
        (tmp_path / name).touch()
    assert survey(tmp_path, "data").counts == {kind: len(names)}


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.pptx", "a.epub", "a.html", "a.md", "a.eml"])
def test_a_document_is_a_text(name: str) -> None:
    assert kind_of(name) == "text"


def test_a_mailbox_is_data() -> None:
    assert kind_of("sub/inbox.mbox") == "data"
