"""Personal data replaced in every text of a row, with all that hangs on the places of its words."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, final

from luthier.core.records import Row
from luthier.data.format import FIELDS
from luthier.data.personal.edits import Edit, Edited
from luthier.data.personal.finder import Finder, Found, Kind

Replacement = Callable[[Found], str]

_NO_TEXT = frozenset(("label", "tags", "score", "tests", "entry_point", "tools", "answers"))
_NO_TEXT_KEYS = frozenset(("role", "type", "id", "tool_call_id"))
_BY_CHARACTER = 0.9  # share of words of one character from which words join without spaces


@final
class Masking:
    """Replaces what a finder finds.

    Answers move with their context, and an answer that touches a value becomes what stands there
    now. Tagged words stay as many: of a value each word is replaced. What tools were called with
    stays JSON. Columns that only come along, as a group does, get pseudonyms, so that what was
    equal stays equal and what was not does not become so. Programs (rows with `tests`), labels and
    tools stay as they are.

    Args:
        finder: of what is to be replaced.
        free: what takes the place of a value in running text.
        bound: the same where tags or answers hang on the text; never empty.
        alike: the same in columns that only come along; never the same for two values.
    """

    def __init__(self, finder: Finder, free: Replacement, bound: Replacement, alike: Replacement):
        self._finder = finder
        self._free, self._bound, self._alike = free, bound, alike

    def __call__(self, row: Row) -> tuple[Row, Counter[Kind]]:
        """The row without the values, itself if there are none, and how many of which kind."""
        counts: Counter[Kind] = Counter()
        if row.get("tests") is not None:
            return row, counts
        free, changes = _Pass(self._finder, self._free, counts), dict[str, Any]()
        bound = _Pass(self._finder, self._bound, counts)
        for name, value in row.fields.items():
            if name == "tokens" and value:
                changes[name] = bound.tokens(value)
            elif name == "context" and row.get("answers"):
                changes[name], changes["answers"] = bound.context(value, row["answers"])
            elif name not in FIELDS:
                changes[name] = _Pass(self._finder, self._alike, counts).over(value)
            elif name not in _NO_TEXT:
                changes[name] = free.over(value)
        return (row.derive(**changes), counts) if counts else (row, counts)


class _Pass:
    """One row's values replaced in one way, and counted."""

    def __init__(self, finder: Finder, replacement: Replacement, counts: Counter[Kind]):
        self._find, self._replacement, self._counts = finder.find, replacement, counts

    def over(self, value: Any) -> Any:
        """Any value with the strings in it masked."""
        if isinstance(value, str):
            edits = self._edits(value)
            return Edited(value, _tidied(value, edits)).text if edits else value
        if isinstance(value, list | tuple):
            return [self.over(item) for item in value]
        if isinstance(value, Mapping):
            return {key: self._keyed(key, item) for key, item in value.items()}
        return value

    def tokens(self, tokens: Sequence[str]) -> list[str]:
        """As many words, in each the part that belongs to a value replaced."""
        singles = sum(len(token) == 1 for token in tokens)
        space = "" if singles >= _BY_CHARACTER * len(tokens) else " "
        edits, masked, start = self._edits(space.join(tokens)), [], 0
        for token in tokens:
            end = start + len(token)
            own = [
                Edit(max(edit.start, start) - start, min(edit.end, end) - start, edit.new)
                for edit in edits
                if edit.start < end and edit.end > start
            ]
            masked.append(Edited(token, own).text if own else token)
            start = end + len(space)
        return masked

    def context(self, context: str, answers: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """A context, and the answers in it at their new places."""
        edited = Edited(context, self._edits(context))
        texts, starts = [], []
        for text, start in zip(answers["text"], answers["answer_start"], strict=True):
            place, end = edited.span(start, start + len(text))
            stands_there = start >= 0 and context.startswith(text, start)
            texts.append(edited.text[place:end] if stands_there else self.over(text))
            starts.append(place)
        return edited.text, {**answers, "text": texts, "answer_start": starts}

    def _edits(self, text: str) -> list[Edit]:
        found = self._find(text)
        self._counts.update(value.kind for value in found)
        return [Edit(value.start, value.end, self._replacement(value)) for value in found]

    def _keyed(self, key: str, value: Any) -> Any:
        if key in _NO_TEXT_KEYS:
            return value
        if key == "arguments" and isinstance(value, str):
            return self._json(value)
        return self.over(value)

    def _json(self, text: str) -> str:
        try:
            tree = json.loads(text)
        except ValueError:
            return str(self.over(text))
        masked = self._leaves(tree)
        return text if masked == tree else json.dumps(masked, ensure_ascii=False)

    def _leaves(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._leaves(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._leaves(item) for item in value]
        if isinstance(value, int) and not isinstance(value, bool):
            masked = self.over(str(value))
            return value if masked == str(value) else masked
        return self.over(value)


def _tidied(text: str, edits: Sequence[Edit]) -> list[Edit]:
    """Edits that leave no two spaces where a word is gone."""
    return [
        Edit(edit.start, edit.end + 1, "")
        if not edit.new and text[edit.end : edit.end + 1] == " " and _follows_gap(text, edit)
        else edit
        for edit in edits
    ]


def _follows_gap(text: str, edit: Edit) -> bool:
    return not edit.start or text[edit.start - 1].isspace()
