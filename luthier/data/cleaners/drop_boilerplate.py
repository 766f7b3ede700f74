"""Takes lines out of texts that say nothing of their own: notices, menus, signatures, repeats."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from math import ceil
from pathlib import Path
from typing import Annotated, final

from pydantic import Field
from xxhash import xxh3_64_intdigest

from luthier.core.records import Row
from luthier.data.cleaner import Cleaner, Tally
from luthier.data.storage.spool import Spool
from luthier.data.text.boilerplate import RULES, BoilerplateRule, boilerplate
from luthier.data.text.fields import Rewriter, TextField, texts_of
from luthier.data.text.line_counts import LineCounts
from luthier.data.text.readable import clip

_LETTERS = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"\d+")
_SHORTEST = 12  # bytes of UTF-8 in a line that can be boilerplate by its repetition
_ENDS = (*".!?\"'”’…)", *"。！？」』）")
_FEWEST_WORDS = 3
_SHOWN, _WIDTH = 20, 60


@final
class DropBoilerplate(Cleaner):
    """Takes lines out of texts that say nothing of their own: notices, menus, signatures, repeats.

    A line goes if it stands in many rows (case, spaces and numbers make no difference), or if one
    of the rules knows it. Looked at are texts of two lines or more; a text of which no line is
    left goes with its row. Prompts, completions and messages are left alone unless `fields` names
    them, for what comes again in them is asked for. The report names the commonest lines.

    Args:
        min_rows: the least number of rows that a line stands in to count as boilerplate.
        min_share: the least share of all rows; both must be reached.
        rules: known kinds of lines: cookie notices; menus and links of a page; copyright lines;
            signatures after `--`; paragraphs that call a mail confidential; hints how to
            unsubscribe (not by default: they tell advertising from other mail).
        c4: whether lines go too that end without a mark, have fewer than three words or speak of
            JavaScript, as in C4 (Raffel et al., 2020); titles, lists and tables are lost.
        fields: where.
    """

    def __init__(
        self,
        *,
        min_rows: Annotated[int, Field(ge=2)] = 10,
        min_share: Annotated[float, Field(ge=0, le=1)] = 0.01,
        rules: tuple[BoilerplateRule, ...] = RULES[:-1],
        c4: bool = False,
        fields: tuple[TextField, ...] = ("text", "text_pair", "context", "anchor", "positive"),
    ):
        self._min_rows, self._min_share = min_rows, min_share
        self._rules = rules
        self._c4 = c4
        self._fields = fields

    def clean(self, rows: Iterable[Row], tally: Tally, scratch: Path) -> Iterator[Row]:
        """Yield the rows without these lines, after all were read; until then they wait on disk."""
        counts = LineCounts(scratch)
        with Spool(scratch) as spool:
            for row in rows:
                tally.rows_in += 1
                spool.add(row)
                counts.add(self._hashes(row))
            least = max(self._min_rows, ceil(self._min_share * len(spool)))
            weeding = _Weeding(counts.frequent(least), self._rules, self._c4)
            rewrite = Rewriter(weeding, fields=self._fields)
            for waiting in spool:
                row = waiting.row()
                cleaned = rewrite(row, tally)
                if cleaned is not None and cleaned is not row:
                    tally.change(row, cleaned)
                if cleaned is not None:
                    yield cleaned
            weeding.tell(tally)

    def _hashes(self, row: Row) -> set[int]:
        keys = (_keys(text) for text in texts_of(row, self._fields) if "\n" in text)
        return {key for text in keys for key in text if key}


class _Weeding:
    """Text -> text without boilerplate; counts the lines that went."""

    def __init__(self, frequent: frozenset[int], rules: tuple[BoilerplateRule, ...], c4: bool):
        self._frequent = frequent
        self._rules = rules
        self._c4 = c4
        self._kinds: Counter[str] = Counter()
        self._lines: Counter[int] = Counter()
        self._said: dict[int, str] = {}

    def __call__(self, text: str) -> str:
        """The text without these lines, and without the blank lines that they leave."""
        lines = text.split("\n")
        if sum(1 for line in lines if line and not line.isspace()) < 2:
            return text
        left = self._without_frequent(text, lines) if self._frequent else lines
        known = boilerplate(left, self._rules)
        self._kinds.update(known.values())
        left = [line for number, line in enumerate(left) if number not in known]
        if self._c4:
            left = [line for line in left if not line.strip() or _is_sentence(line)]
        if len(left) == len(lines):
            return text
        return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", "\n".join(left)).strip()

    def tell(self, tally: Tally) -> None:
        """Note how many lines of which kind went, and the commonest of those that repeat."""
        tally.notes.update({f"lines: {kind}": count for kind, count in self._kinds.items()})
        total = self._lines.total()
        if total:
            tally.notes["lines: repeated in many rows"] = total
        for key, count in self._lines.most_common(_SHOWN):
            tally.notes[f"“{self._said[key]}”"] = count

    def _without_frequent(self, text: str, lines: list[str]) -> list[str]:
        left = []
        for line, key in zip(lines, _keys(text), strict=True):
            if key in self._frequent:
                self._lines[key] += 1
                self._said.setdefault(key, clip(line.strip(), width=_WIDTH))
            else:
                left.append(line)
        return left


def _keys(text: str) -> list[int]:
    """What lines have in common that differ in case, spaces and numbers; 0 for short ones."""
    lines = _DIGITS.sub("0", text.lower()).split("\n")
    return [_key(" ".join(line.split())) if len(line) > 3 else 0 for line in lines]


def _key(line: str) -> int:
    said = line.encode("utf-8", "surrogatepass")
    if len(said) < _SHORTEST or not _LETTERS.search(line):
        return 0
    return xxh3_64_intdigest(said)


def _is_sentence(line: str) -> bool:
    line = line.strip()
    if not line.endswith(_ENDS) or "javascript" in line.lower():
        return False
    return not line.isascii() or len(line.split()) >= _FEWEST_WORDS
