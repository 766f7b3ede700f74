import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from luthier.core.errors import UserError
from luthier.core.registry import Menu
from luthier.data.open import open_source
from luthier.data.source import Found, Source
from luthier.data.sources import catalog, hub
from tests import documents

MENU = Menu("luthier.data.sources")
FAR = ["feed", "sitemap", "web"]  # their own tests bring a web site along
MISSING = {
    "archive": "nowhere.zip",
    "catalog": "no-such-entry",
    "file": "nowhere.csv",
    "folder": "nowhere",
    "hub": "no-such/entry",
    "maildir": "nowhere",
    "mbox": "nowhere",
    "sql": "sqlite:///nowhere.db",
}
NEAR = sorted(MISSING)
ALL = sorted([*NEAR, *FAR])


class TwoRows:
    """A catalog of one corpus that needs no network."""

    package = None

    def rows(self, folder: Path) -> list[Found]:
        return [Found({"text": "a"}, "two:1"), Found({"text": "b"}, "two:2")]


class TwoStreamed:
    """A data set of a hub that needs no network."""

    config = SimpleNamespace(name="default", data_files={"train": ["two.jsonl"]})
    features = None

    def as_streaming_dataset(self, split: str) -> "TwoStreamed":
        return self

    def with_format(self, kind: str) -> "TwoStreamed":
        return self

    def iter(self, size: int) -> Iterator[pa.Table]:
        return iter([pa.table({"text": ["a", "b"]})])


@pytest.fixture(params=NEAR)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def source(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(catalog, "fetch_corpus", lambda written, report: (TwoRows(), tmp_path))
    monkeypatch.setattr(hub.Hub, "_commit", "c0ffee")
    monkeypatch.setattr(hub.Hub, "_builder", TwoStreamed())
    told = {"catalog": "two", "hub": "me/two"}
    return open_source(f"{name}:{told[name] if name in told else _written(name)}")


def _written(name: str) -> str:
    """Two rows, `a` and `b`, as a source finds them in the current folder."""
    rows = '{"text": "a"}\n{"text": "b"}\n'
    if name == "archive":
        Path("two.zip").write_bytes(documents.packed({"two.jsonl": rows}))
        return "two.zip"
    if name == "mbox":
        Path("two").write_text("From a 1:00\n\na\n\nFrom b 1:00\n\nb\n")
        return "two"
    if name == "maildir":
        Path("cur").mkdir()
        for text in "ab":
            Path("cur", text).write_text(f"Subject:\n\n{text}\n")
        return "."
    if name == "sql":
        connection = sqlite3.connect("two.db")
        connection.executescript("create table t (text); insert into t values ('a'), ('b')")
        connection.close()
        return "sqlite:///two.db"
    Path("two.jsonl").write_text(rows)
    return "two.jsonl" if name == "file" else "."


def test_every_source_is_tested_here_or_with_a_web_site() -> None:
    assert MENU.names() == ALL
    assert len(ALL) == 11


def test_rows_are_the_same_in_the_same_order_every_time(source: Source) -> None:
    assert list(source.rows()) == list(source.rows())
    assert [row.fields["text"] for row in source.rows()] == ["a", "b"]


def test_every_row_has_a_place_of_its_own(source: Source) -> None:
    places = [row.place for row in source.rows()]
    assert all(places)
    assert len(set(places)) == len(places)


def test_reading_may_stop_after_the_first_row(source: Source) -> None:
    rows = source.rows()
    assert next(rows).fields["text"] == "a"
    del rows
    assert len(list(source.rows())) == 2


def test_what_is_not_there_is_the_users_mistake_when_rows_are_read(name: str) -> None:
    source = open_source(f"{name}:{MISSING[name]}")
    with pytest.raises(UserError):
        list(source.rows())


def test_plain_rows_leave_nothing_to_remark_on(source: Source, name: str) -> None:
    commit = ["Read me/two (default, train) at commit c0ffee."] if name == "hub" else []
    assert source.remarks() == commit


def test_readable_rows_are_not_left_out(source: Source) -> None:
    list(source.rows())
    assert source.left_out() == []


def test_rows_without_a_table_have_no_header_to_do_without(source: Source) -> None:
    assert source.without_header() is source


@pytest.mark.parametrize("name", ALL)
def test_a_source_has_one_sentence_of_documentation(name: str) -> None:
    assert MENU.summary(name).endswith(".")
