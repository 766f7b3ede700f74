"""CoNLL columns: one token a line with its tags behind it, a blank line after each sentence."""

from collections.abc import Iterator
from typing import final

from luthier.core.errors import UserError
from luthier.data.parsing.faults import Faults
from luthier.data.parsing.raw_file import RawFile
from luthier.data.reader import Reader
from luthier.data.source import Found

MAX_TOKENS = 1_000_000
"""Tokens of one sentence; more means that the blank lines are missing."""


@final
class Conll(Reader):
    """Reads a sentence as `tokens` (first column) and `tags` (last); those between are "2", "3".

    Columns are cut at tabs if the first line has one, else at white space. `-DOCSTART-` lines are
    passed over, and so are comments (`# ...` without a tab) in a file with tabs.
    """

    extensions = ("conll", "bio", "iob", "iob2")

    def rows(self, file: RawFile) -> Iterator[Found]:
        """Read all sentences; one that begins on line 17 has the place `news.conll:17`.

        Raises:
            UserError: tokens without a tag, or with more or fewer columns than the first.
        """
        has_tabs = any("\t" in line.strip() for line in file.head())
        faults = Faults("write the same columns in every line, at least a token and its tag")
        width = 0
        for start, lines in _sentences(file, has_tabs):
            cells = [line.split("\t" if has_tabs else None) for line in lines]
            width = width or max(2, len(cells[0]))
            for offset, row in enumerate(cells):
                if len(row) != width:
                    what = f"{len(row)} column{'s' if len(row) > 1 else ''} instead of {width}"
                    faults.add(what, f"{file.name}:{start + offset}")
            if not faults:
                names = ("tokens", *(str(n) for n in range(2, width)), "tags")
                columns = (list(column) for column in zip(*cells, strict=True))
                yield Found(dict(zip(names, columns, strict=True)), f"{file.name}:{start}")
        faults.tell_if_any()


def _sentences(file: RawFile, has_tabs: bool) -> Iterator[tuple[int, list[str]]]:
    """Runs of token lines, each with the number of its first line."""
    sentence: list[str] = []
    start = 1
    for number, line in enumerate(file.lines(), 1):
        is_comment = has_tabs and line.startswith("#") and "\t" not in line
        if line.isspace() or is_comment or line.startswith("-DOCSTART-"):
            if sentence:
                yield start, sentence
            sentence = []
            continue
        if not sentence:
            start = number
        if len(sentence) == MAX_TOKENS:
            raise UserError(
                f"{file.name}:{start}: a sentence of more than {MAX_TOKENS:,} tokens. "
                "End each sentence with a blank line."
            )
        sentence.append(line.removesuffix("\n"))
    if sentence:
        yield start, sentence
