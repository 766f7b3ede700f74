from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.web.page import Page
from luthier.data.web.snapshot import Snapshot
from luthier.data.web.store import Store, web_folder

PAGE = Page("http://a/", "http://b/", "text/html", b"\0\xff\n" * 100, 1.5, 2.5, '"\xe9"', "today")


def test_a_page_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    Store(tmp_path).keep(PAGE)
    assert Store(tmp_path).find("http://a/") == PAGE


def test_what_was_not_kept_is_not_there(tmp_path: Path) -> None:
    assert Store(tmp_path).find("http://a/") is None


def test_the_store_lies_in_the_users_cache() -> None:
    Store().keep(PAGE)
    assert [path.name for path in web_folder().iterdir()] == ["pages"]


@pytest.mark.parametrize("content", [b"", b"{}\nx", b'{"url": 1}\n', b"x" * 50])
def test_a_damaged_file_is_told_with_its_place(tmp_path: Path, content: bytes) -> None:
    Store(tmp_path).keep(PAGE)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    file.write_bytes(content)
    with pytest.raises(UserError, match=f"{file.name}: damaged"):
        Store(tmp_path).find("http://a/")


def test_a_collection_that_was_not_finished_goes_on_from_its_beginning(tmp_path: Path) -> None:
    began = Store(tmp_path).begin("some")
    assert Store(tmp_path).begin("some") == began
    Store(tmp_path).finish("some")
    assert Store(tmp_path).begin("some") > began


def test_a_snapshot_gives_its_rows_as_often_as_needed(tmp_path: Path) -> None:
    rows = [{"text": "制琴", "date": None}, {"text": "a\nb\u2028c", "date": "2024"}]
    snapshot = Snapshot.write(iter(rows), tmp_path)
    assert list(snapshot) == list(snapshot) == rows
    assert snapshot.rows == 2


def test_equal_rows_make_one_snapshot(tmp_path: Path) -> None:
    first = Snapshot.write([{"text": "a"}], tmp_path)
    assert Snapshot.write([{"text": "a"}], tmp_path).path == first.path
    assert [path.name for path in tmp_path.iterdir()] == [first.path.name]


def test_a_snapshot_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        Snapshot.write(({"text": 1 // 0} for _ in range(1)), tmp_path)
    assert list(tmp_path.iterdir()) == []
