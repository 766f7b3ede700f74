"""A maildir: a row for each mail in `cur` and `new`, and in the mail folders below it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.data.documents.conversion import content_of
from luthier.data.listing import files_in
from luthier.data.parsing.raw_file import RawFile, missing
from luthier.data.source import Found, Source
from luthier.data.text.mailbox import mail_fields

_MAILS = ("cur", "new")


@final
class Maildir(Source):
    """The mails of a maildir: `text`, `subject`, `from`, `to`, `date`, `folder`.

    Folders within it (`.Sent`, as Maildir++ has them, or `Sent`) are read too; `folder` is `Sent`
    for mails in them, `INBOX` for those at the top.

    Args:
        path: where it lies, relative to the current folder; `~` is the user's own.
    """

    def __init__(
        self,
        *,
        path: Annotated[str, Field(min_length=1, description="relative to the current folder")],
    ):
        self.path = path

    def rows(self) -> Iterator[Found]:
        """Read all mails, folder by folder and in order of their names, as a stream.

        Raises:
            UserError: there is no such folder, or no mail in it; or links lead out of it.
        """
        root, shown = Path(self.path).expanduser(), self.path.rstrip("/")
        if not root.is_dir():
            is_file = root.exists()
            raise UserError(f"{shown}: a file, not a folder." if is_file else missing(root, shown))
        found = None
        for name in files_in(root, hidden=True):
            *folder, kind, _ = ("", *name.split("/"))
            if kind in _MAILS:
                file = RawFile(root / name, f"{shown}/{name}")
                title = "/".join(folder[1:]).removeprefix(".") or "INBOX"
                found = Found({**mail_fields(content_of(file)), "folder": title}, file.name)
                yield found
        if found is None:
            raise UserError(f"{shown}: no mails: none lies in a folder `cur` or `new`.")
