"""What every exchange of answers with other tools keeps to."""

from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.core.registry import Menu
from luthier.data.annotation.exchange import Exchange
from luthier.data.parsing.raw_file import RawFile

MENU = Menu("luthier.data.annotation.exchanges")
KINDS = set(Menu("luthier.data.annotation.kinds").names())
ALL = MENU.names()


def build(name: str) -> Exchange:
    made: Exchange = MENU.build(name)
    return made


def test_there_are_four() -> None:
    assert len(ALL) == 4


@pytest.mark.parametrize("name", ALL)
def test_what_it_can_hold_are_kinds(name: str) -> None:
    assert set(build(name).kinds) <= KINDS


def test_every_kind_goes_into_two_formats_at_least() -> None:
    for kind in KINDS:
        assert sum(kind in build(name).kinds for name in ALL) >= 2


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("content", [b"\x00\x01", b"PK\x03\x04", b"{", b"[[[["])
def test_what_is_no_such_file_is_told(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    exchange = build(name)
    with pytest.raises(UserError, match="file"):
        list(exchange.read(RawFile(path), exchange.kinds[0]))


@pytest.mark.parametrize("name", ALL)
def test_a_missing_file_is_told(name: str, tmp_path: Path) -> None:
    exchange = build(name)
    with pytest.raises(UserError, match="no such file"):
        list(exchange.read(RawFile(tmp_path / "gone"), exchange.kinds[0]))
