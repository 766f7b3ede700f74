"""Copies of rows in other words: what is asked is reworded, answers and labels keep their place."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any, ClassVar

from luthier.core.records import Row
from luthier.data.augmentation.words import New, moved, replaced, words_of
from luthier.data.augmenter import Added, Augmenter, Changes, Seed

OUTSIDE = "O"
"""The tag of a token that belongs to nothing, in every scheme of tags (IOB, IOBES, IO)."""
TEXTS = ("text", "question", "anchor", "prompt")
"""Fields in which a row asks by a text; what it answers with is never touched."""

CODE = "a program is asked for"
MISPLACED = "an answer does not stand where the row says"

Reword = Callable[[Sequence[str], Sequence[int]], New]
"""From words, and the numbers of those that may be touched, to what stands in their places."""


class WordAugmenter(Augmenter):
    """An augmenter that works on words.

    Reworded are `text`, `text_pair`, `question`, `anchor`, `prompt`, what the user says, `tokens`
    and `context`. Untouched stay: passages that answer a question (their `answer_start` moves
    along), tokens with a tag other than O, entities between markers, addresses, placeholders and
    numbers.
    """

    keeps_words: ClassVar[bool] = False
    """Whether each word remains recognisable, so that even a tagged one may change."""

    @abstractmethod
    def reword(self, words: Sequence[str], free: Sequence[int], dice: Random) -> New:
        """What stands in the place of some words.

        Args:
            words: of a text, in order.
            free: numbers of those that may be touched; at least one.
            dice: all the chance there is.
        """

    def make(self, seeds: Sequence[Seed], tally: Added) -> Iterator[Changes]:
        """Reword each row by its own chance."""
        for seed in seeds:
            reword = partial(self.reword, dice=seed.dice())
            yield reworded(seed.row, reword, keeps_words=self.keeps_words)


def some(numbers: Sequence[int], rate: float, dice: Random) -> list[int]:
    """A share of the numbers, at least one, drawn without repetition."""
    return dice.sample(numbers, max(1, round(rate * len(numbers))))


def asked_texts(row: Row) -> list[str]:
    """The fields in which a row asks by a text; the second of a pair may be a translation."""
    is_judged = row.get("label") is not None or row.get("score") is not None
    names = (*TEXTS, "text_pair") if is_judged else TEXTS
    return [name for name in names if isinstance(row.get(name), str)]


def reworded(row: Row, reword: Reword, *, keeps_words: bool) -> Changes:
    """The fields of a row that change when it is reworded, or why it cannot be."""
    if row.get("tests") is not None:
        return CODE
    changes: dict[str, Any] = {name: _text(row[name], reword) for name in asked_texts(row)}
    for name in ("messages", "prompt"):
        if isinstance(row.get(name), list):
            changes[name] = [_message(turn, reword) for turn in row[name]]
    if row.get("tokens") is not None:
        changes |= _tokens(row, reword, keeps_words)
    if row.get("context") is not None:
        found = _context(row["context"], row.get("answers"), reword)
        if found is None:
            return MISPLACED
        changes |= found
    return changes


def _text(text: str, reword: Reword) -> str:
    words = words_of(text)
    return replaced(text, words, _new(words, reword))[0]


def _new(words: Sequence[Any], reword: Reword) -> New:
    free = [number for number, word in enumerate(words) if word.is_free]
    return reword([word.text for word in words], free) if free else {}


def _message(turn: Mapping[str, Any], reword: Reword) -> Mapping[str, Any]:
    said = turn.get("content")
    if turn.get("role") != "user" or not isinstance(said, str):
        return turn
    return {**turn, "content": _text(said, reword)}


def _tokens(row: Row, reword: Reword, keeps_words: bool) -> dict[str, Any]:
    tokens, tags = row["tokens"], row.get("tags")
    given = [OUTSIDE] * len(tokens) if tags is None else tags
    free = [
        number
        for number, (token, tag) in enumerate(zip(tokens, given, strict=True))
        if (tag == OUTSIDE or keeps_words) and token.isalpha()
    ]
    new = reword(tokens, free) if free else {}
    parts = [new.get(number, (token,)) for number, token in enumerate(tokens)]
    made: dict[str, Any] = {"tokens": [word for part in parts for word in part]}
    if tags is not None:
        made["tags"] = [tag for part, tag in zip(parts, tags, strict=True) for _ in part]
    return made


def _context(context: str, answers: Any, reword: Reword) -> dict[str, Any] | None:
    """The context in other words and the answers at their new places; None if they do not fit."""
    texts, starts = (answers["text"], answers["answer_start"]) if answers else ([], [])
    places = [(start, start + len(text)) for text, start in zip(texts, starts, strict=True)]
    if any(context[a:b] != text for (a, b), text in zip(places, texts, strict=True)):
        return None
    words = words_of(context, places)
    said, shifts = replaced(context, words, _new(words, reword))
    made: dict[str, Any] = {"context": said}
    if answers:
        now = [moved(start, shifts) for start in starts]
        if any(said[a : a + len(t)] != t for a, t in zip(now, texts, strict=True)):
            return None
        made["answers"] = {**answers, "answer_start": now}
    return made
