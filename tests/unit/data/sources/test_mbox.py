from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.open import open_source


def test_a_mailbox_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "Inbox").write_text("From - Tue Jan  6 10:11:12 2026\nSubject: One\n\nHello\n")
    (row,) = open_source(f"mbox:{tmp_path / 'Inbox'}").rows()
    assert row.fields["text"] == "Subject: One\n\nHello"
    assert row.fields["folder"] == "Inbox"


def test_an_empty_mailbox_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Inbox").touch()
    with pytest.raises(UserError, match="an empty mailbox"):
        list(open_source(f"mbox:{tmp_path / 'Inbox'}").rows())
