from pathlib import Path

import pytest

from luthier.data.catalog.spam_mail import SpamMail
from luthier.data.source import Found


@pytest.fixture
def found(tmp_path: Path) -> list[Found]:
    mails = {
        "spam-1/1.a.txt": b"Subject: caf\xe9\r\n",
        "easy-ham-2/2.b.txt": b"",
        "hard-ham-1/1.c.txt": "你好".encode(),
        "easy-ham-2/1.d.txt": b"",
    }
    for name, content in mails.items():
        path = tmp_path / "package" / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(SpamMail().rows(tmp_path))


def test_mails_come_by_group_and_name(found: list[Found]) -> None:
    places = ["easy-ham-2/1.d.txt", "easy-ham-2/2.b.txt", "hard-ham-1/1.c.txt", "spam-1/1.a.txt"]
    assert [row.place for row in found] == places


def test_the_group_decides_the_label(found: list[Found]) -> None:
    assert [row.fields["label"] for row in found] == ["ham", "ham", "ham", "spam"]


def test_bytes_that_are_no_utf8_and_line_ends_are_kept(found: list[Found]) -> None:
    text = found[-1].fields["text"]
    assert text.encode("utf-8", "surrogateescape") == b"Subject: caf\xe9\r\n"


def test_utf8_is_read_as_such(found: list[Found]) -> None:
    assert found[2].fields["text"] == "你好"
