"""Reads text by its right charset, mends mojibake and removes control characters."""

import re
from collections.abc import Mapping
from typing import Any, final

from ftfy import TextFixerConfig, fix_text

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import RowCleaner, Tally
from luthier.data.text.charset import codec_of, holds_bytes, without_controls
from luthier.data.text.raw_text import read_bytes

# Only what is wrong is mended: quotes, widths, ligatures, entities and composition are as meant.
_MENDING = TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    remove_control_chars=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    normalization=None,
    explain=False,
)
_SUSPECT = re.compile(r"[^\t\n -~]")
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@final
class FixEncoding(RowCleaner):
    """Reads text by its right charset, mends mojibake and removes control characters.

    Bytes that were no UTF-8 are decoded by the charset the text declares (as a mail, part by part;
    as an HTML or XML page), else by a detected one; what still cannot be decoded is replaced by
    U+FFFD and counted. Mojibake, text decoded wrongly before it came here, is mended by ftfy. Line
    ends become newlines; other control characters but the tab are removed.

    Args:
        charset: what text that declares no charset is in, such as `gb18030`; detected if not given.

    Raises:
        UserError: there is no such charset.
    """

    def __init__(self, *, charset: str | None = None):
        if charset is not None and codec_of(charset) is None:
            raise UserError(
                f"fix_encoding.charset: no charset is called `{charset}`. "
                "Write one such as `gb18030`, or leave it out to have it detected."
            )
        self._charset = charset

    def repair(self, row: Row, tally: Tally) -> Row | None:
        """The row with every text in it repaired, answers at their new places."""
        notes: set[str] = set()
        changes = {name: self._mend(value, notes) for name, value in row.fields.items()}
        if changes == row.fields:
            return row
        if row.get("answers") and changes.get("context") != row.get("context"):
            changes["answers"] = self._moved(changes["answers"], row["context"])
        for note in sorted(notes):
            tally.note(note)
        return row.derive(**changes)

    def _mend(self, value: Any, notes: set[str]) -> Any:
        if isinstance(value, str):
            return self._mend_text(value, notes)
        if isinstance(value, list):
            return [self._mend(item, notes) for item in value]
        if isinstance(value, Mapping):
            return {key: self._mend(item, notes) for key, item in value.items()}
        return value

    def _mend_text(self, text: str, notes: set[str]) -> str:
        if not _SUSPECT.search(text):
            return text
        text = _SURROGATE_PAIR.sub(_joined, text.replace("\r\n", "\n"))
        if holds_bytes(text):
            reading = read_bytes(text, self._charset)
            notes.update(f"read as {codec}" for codec in reading.codecs if codec != "ascii")
            if reading.lossy:
                notes.add("undecodable bytes replaced")
            text = reading.text
        text = _SURROGATE.sub("\ufffd", text)
        if not text.isascii():
            mended = "\n".join(map(_demojibaked, text.split("\n")))
            if mended != text:
                notes.add("mojibake mended")
            text = mended
        return without_controls(text)

    def _moved(self, answers: Mapping[str, Any], context: str) -> dict[str, Any]:
        """Answers that start where they did in a context of which each character was mended."""
        starts = [len(self._mend_text(context[:start], set())) for start in answers["answer_start"]]
        return {**answers, "answer_start": starts}


def _demojibaked(line: str) -> str:
    return line if line.isascii() else fix_text(line, _MENDING)


def _joined(pair: re.Match[str]) -> str:
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16")
