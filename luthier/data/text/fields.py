"""The texts of a row: read, or rewritten together with what points into them."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, final, get_args

from luthier.core.records import Row
from luthier.data.cleaner import Tally

TextField = Literal[
    "text",
    "text_pair",
    "tokens",
    "messages",
    "prompt",
    "completion",
    "chosen",
    "rejected",
    "context",
    "question",
    "anchor",
    "positive",
    "negative",
]
"""A canonical field that holds words; labels, tags, scores, tools and programs hold none."""
TEXT_FIELDS: tuple[TextField, ...] = get_args(TextField)

_SYSTEM = ("system", "developer")
_PARTS = ("content", "text")  # of a message, and of a piece of its content


def texts_of(row: Row, fields: Sequence[TextField] | None = None) -> list[str]:
    """The texts of a row, in reading order; of all fields, or of some.

    System messages are left out: they say nothing about this row. Words of a tagged row come as
    one text.
    """
    texts: list[str] = []
    for name in TEXT_FIELDS if fields is None else fields:
        value = row.get(name)
        if name == "tokens" and value:
            texts.append(" ".join(value))
        else:
            _gather(value, texts)
    return texts


def _gather(value: Any, texts: list[str]) -> None:
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, list | tuple):
        for item in value:
            _gather(item, texts)
    elif isinstance(value, Mapping) and value.get("role") not in _SYSTEM:
        for part in _PARTS:
            _gather(value.get(part), texts)


@final
class Rewriter:
    """Changes the texts of rows, and never what they mean to a task.

    Answers move with the context they point into; where that cannot be followed for certain, the
    context stays as it is. Tagged words are changed one by one or not at all, and stay as many.
    Programs (rows with `tests`), tools, labels and what tools were called with stay as they are. A
    row that loses a whole text is dropped.

    Args:
        change: text -> text. Applied to its own result, it changes nothing.
        fields: where.
        by_word: whether tagged words are changed too, each by itself.
    """

    def __init__(
        self,
        change: Callable[[str], str],
        *,
        fields: Sequence[TextField] = TEXT_FIELDS,
        by_word: bool = False,
    ):
        self._change = change
        self._fields = fields
        self._by_word = by_word

    def __call__(self, row: Row, tally: Tally) -> Row | None:
        """The row with its texts changed, itself if nothing changes; None after `tally.drop`."""
        if row.get("tests") is not None:
            tally.note("programs left as they are")
            return row
        walk = _Walk(self._change)
        changes: dict[str, Any] = {}
        for name in self._fields:
            value = row.get(name)
            if value is None:
                continue
            if name == "tokens" and not self._by_word:
                tally.note("tagged words left as they are")
                continue
            changed = self._words(value) if name == "tokens" else walk.over(value)
            if changed != value:
                changes[name] = changed
        if walk.emptied:
            tally.drop(row, "no text left")
            return None
        if "context" in changes and row.get("answers"):
            self._follow(row, changes, tally)
        return row.derive(**changes) if changes else row

    def _words(self, words: Sequence[str]) -> list[str]:
        changed = map(self._change, words)
        return [new if _is_word(new) else old for old, new in zip(words, changed, strict=True)]

    def _follow(self, row: Row, changes: dict[str, Any], tally: Tally) -> None:
        answers = row["answers"]
        old, new = row["context"], changes["context"]
        texts, starts = list(answers["text"]), list(answers["answer_start"])
        moved = [
            self._moved(old, new, text, start) for text, start in zip(texts, starts, strict=True)
        ]
        if any(start < 0 for start in moved):
            tally.note("contexts left as they are, for an answer could not be followed")
            del changes["context"]
        else:
            changes["answers"] = {
                **answers,
                "text": [self._change(text) for text in texts],
                "answer_start": moved,
            }

    def _moved(self, old: str, new: str, answer: str, start: int) -> int:
        """Where an answer starts in the changed context; -1 where that is not certain."""
        changed = self._change(answer)
        if not changed or not old.startswith(answer, start):
            return -1
        before = self._change(old[:start])
        if new.startswith(before + changed):
            return len(before)
        was, now = _occurrences(answer, old), _occurrences(changed, new)
        if len(was) != len(now) or start not in was:
            return -1
        return now[was.index(start)]


class _Walk:
    """Changes every string in a value, and remembers whether one was emptied."""

    def __init__(self, change: Callable[[str], str]):
        self._change = change
        self.emptied = False

    def over(self, value: Any) -> Any:
        if isinstance(value, str):
            changed = self._change(value)
            if not changed and value.strip():
                self.emptied = True
            return changed
        if isinstance(value, list):
            return [self.over(item) for item in value]
        if isinstance(value, Mapping):
            parts = {part: self.over(value[part]) for part in _PARTS if value.get(part)}
            return {**value, **parts}
        return value


def _occurrences(part: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(part), text)]


def _is_word(text: str) -> bool:
    return bool(text) and not any(character.isspace() for character in text)
