from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.open import open_source
from luthier.data.sources.maildir import Maildir


def fill(root: Path, names: list[str]) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"Subject: {name}\n\nHello\n")


def test_every_mail_is_a_row_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = [".Sent/cur/3", "cur/1:2,S", "new/2", "tmp/4", "Lists.rust/new/5", "dovecot.index"]
    fill(tmp_path / "Mail", names)
    rows = list(open_source("Mail").rows())
    assert [(row.fields["subject"], row.fields["folder"]) for row in rows] == [
        (".Sent/cur/3", "Sent"),
        ("Lists.rust/new/5", "Lists.rust"),
        ("cur/1:2,S", "INBOX"),
        ("new/2", "INBOX"),
    ]
    assert rows[0].fields["text"] == "Subject: .Sent/cur/3\n\nHello"
    assert rows[0].place == "Mail/.Sent/cur/3"


def test_a_maildir_without_mails_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cur").mkdir()
    with pytest.raises(UserError, match="no mails"):
        list(Maildir(path=str(tmp_path)).rows())


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    fill(tmp_path / "Mail", ["cur/1"])
    (tmp_path / "Mail/cur/2").symlink_to("/etc/passwd")
    with pytest.raises(UserError, match="a link that leads out"):
        list(Maildir(path=str(tmp_path / "Mail")).rows())
