"""Mailboxes in one file, as Thunderbird, mutt and Google Takeout write them: a row a mail."""

from collections.abc import Iterator
from functools import partial
from typing import final

from luthier.core.errors import UserError
from luthier.data.parsing.raw_file import MAX_RECORD, RawFile
from luthier.data.reader import Reader
from luthier.data.source import Found
from luthier.data.text.mailbox import mail_fields, mbox_mails


@final
class Mbox(Reader):
    """Reads each mail as `text` (subject and readable body), `subject`, `from`, `to`, `date`.

    Attachments are left out. `folder` is the name of the file.
    """

    extensions = ("mbox", "mbx")

    def rows(self, file: RawFile) -> Iterator[Found]:
        """Read all mails; one that begins on line 17 has the place `inbox.mbox:17`.

        Raises:
            UserError: it does not begin as an mbox does, or a mail is larger than `MAX_RECORD`.
        """
        folder = file.path.name.partition(".")[0]
        with file.binary() as content:
            lines = iter(partial(content.readline, MAX_RECORD), b"")
            try:
                for line, mail in mbox_mails(lines, MAX_RECORD):
                    if not line:
                        raise UserError(
                            f"{file.name}: no mailbox: it does not begin with a line of `From `, "
                            "address and time. Name another file."
                        )
                    yield Found({**mail_fields(mail), "folder": folder}, f"{file.name}:{line}")
            except ValueError as error:
                raise UserError(
                    f"{file.name}:{error}: a mail of more than {MAX_RECORD // 2**20} MiB; take it "
                    "out of the mailbox."
                ) from None
