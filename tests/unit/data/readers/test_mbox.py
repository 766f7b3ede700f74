from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers import mbox as module
from luthier.data.readers.mbox import Mbox
from luthier.data.source import Found

BOX = b"""From a@b.c Mon Jan  5 10:11:12 2026
From: "A" <a@b.c>
To: d@e.f
Subject: One
Date: Mon, 5 Jan 2026 10:11:12 +0100

Hello
>From the start, and
From here no mail begins.

From - Tue Jan  6 10:11:12 2026
Subject: =?gb2312?B?xOO6ww==?=
Content-Type: text/plain; charset=gb2312

\xc4\xe3\xba\xc3\0
"""


def rows_of(path: Path, content: bytes) -> list[Found]:
    path.write_bytes(content)
    return list(Mbox().rows(RawFile(path, path.name)))


def test_each_mail_is_a_row(tmp_path: Path) -> None:
    first, second = rows_of(tmp_path / "inbox.mbox", BOX)
    assert first.place == "inbox.mbox:1"
    assert first.fields == {
        "text": "Subject: One\n\nHello\nFrom the start, and\nFrom here no mail begins.",
        "subject": "One",
        "from": '"A" <a@b.c>',
        "to": "d@e.f",
        "date": "2026-01-05T10:11:12+01:00",
        "folder": "inbox",
    }
    assert second.place == "inbox.mbox:11"
    assert second.fields["text"] == "Subject: 你好\n\n你好"


def test_windows_line_ends_are_line_ends(tmp_path: Path) -> None:
    rows = rows_of(tmp_path / "a.mbox", BOX.replace(b"\n", b"\r\n"))
    assert [row.fields["subject"] for row in rows] == ["One", "你好"]


def test_a_file_that_begins_otherwise_is_no_mailbox(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a\.mbox: no mailbox"):
        rows_of(tmp_path / "a.mbox", b"Hello\n\n" + BOX)


def test_an_endless_mail_is_refused_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_RECORD", 100)
    with pytest.raises(UserError, match=r"a\.mbox:1: a mail of more than"):
        rows_of(tmp_path / "a.mbox", BOX)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(st.integers(0, len(BOX)), max_size=6),
    junk=st.binary(max_size=20),
    end=st.integers(1, len(BOX)),
)
def test_mutated_mailboxes_are_rows_or_the_users_mistake(
    tmp_path: Path, cuts: list[int], junk: bytes, end: int
) -> None:
    content = BOX
    for cut in cuts:
        content = content[:cut] + junk + content[cut + len(junk) // 2 :]
    try:
        assert all(
            row.fields["text"] is not None for row in rows_of(tmp_path / "a.mbox", content[:end])
        )
    except UserError:
        assert not content[:end].startswith(b"From a@b.c Mon Jan  5 10:11")
