from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.core.registry import Menu
from luthier.data.open import open_source
from luthier.data.source import Found, Source
from luthier.data.sources import catalog

MENU = Menu("luthier.data.sources")
ALL = ["catalog", "file", "folder"]
MISSING = {"catalog": "no-such-entry", "file": "nowhere.csv", "folder": "nowhere"}


class TwoRows:
    """A catalog of one corpus that needs no network."""

    package = None

    def rows(self, folder: Path) -> list[Found]:
        return [Found({"text": "a"}, "two:1"), Found({"text": "b"}, "two:2")]


@pytest.fixture(params=ALL)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def source(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    (tmp_path / "two.jsonl").write_text('{"text": "a"}\n{"text": "b"}\n')
    monkeypatch.setattr(catalog, "fetch_corpus", lambda written, report: (TwoRows(), tmp_path))
    told = {"catalog": "two", "file": str(tmp_path / "two.jsonl"), "folder": str(tmp_path)}
    return open_source(f"{name}:{told[name]}")


def test_every_source_is_tested_here() -> None:
    assert MENU.names() == ALL


def test_rows_are_the_same_in_the_same_order_every_time(source: Source) -> None:
    assert list(source.rows()) == list(source.rows())
    assert [row.fields for row in source.rows()] == [{"text": "a"}, {"text": "b"}]


def test_every_row_has_a_place_of_its_own(source: Source) -> None:
    places = [row.place for row in source.rows()]
    assert all(places)
    assert len(set(places)) == len(places)


def test_what_is_not_there_is_the_users_mistake_when_rows_are_read(name: str) -> None:
    source = open_source(f"{name}:{MISSING[name]}")
    with pytest.raises(UserError):
        list(source.rows())


def test_plain_rows_leave_nothing_to_remark_on(source: Source) -> None:
    assert source.remarks() == []


def test_rows_without_a_table_have_no_header_to_do_without(source: Source) -> None:
    assert source.without_header() is source


def test_a_source_has_one_sentence_of_documentation(name: str) -> None:
    assert MENU.summary(name).endswith(".")
