"""The words of a text with their places, what of it must not be touched, and edits of words."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import rjieba

Place = tuple[int, int]
"""Where something stands in a text: its first character, and the one behind its last."""
New = Mapping[int, tuple[str, ...]]
"""Number of a word -> what stands in its place: nothing, one word, or several."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_IS_HAN = re.compile(f"[{_HAN}]")
_RUN = re.compile(rf"[{_HAN}]+|[^\W\d_{_HAN}]+(?:['’-][^\W\d_{_HAN}]+)*")
# Addresses, names of users, tags and what they enclose, placeholders, words with digits in them.
_KEPT = re.compile(
    r"(?:https?://|www\.)[!-~]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|[@#]\w+"
    r"|\[(e\d)\].{0,200}?\[/\1\]|<(e\d)>.{0,200}?</\2>"
    r"|\[/?\w+\]|</?\w[^<>]*>|\{[^{}]*\}|\w*\d\w*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        text: the word.
        place: where it stands.
        is_free: whether it may be touched.
    """

    text: str
    place: Place
    is_free: bool


def words_of(text: str, kept: Sequence[Place] = ()) -> list[Word]:
    """The words of a text; Chinese is cut by rjieba.

    Addresses, markup, placeholders, numbers and the places in `kept` are not free.
    """
    firm = sorted([*kept, *(found.span() for found in _KEPT.finditer(text))])
    words: list[Word] = []
    at, reach = 0, 0
    for run in _RUN.finditer(text):
        for word, start, end in _parts(run):
            while at < len(firm) and firm[at][0] < end:
                reach = max(reach, firm[at][1])
                at += 1
            words.append(Word(word, (start, end), is_free=reach <= start))
    return words


def firm_parts(text: str) -> Counter[str]:
    """The addresses, placeholders, tags and numbers in a text, and how often each is there."""
    return Counter(found.group() for found in _KEPT.finditer(text))


def is_han(text: str) -> bool:
    """Whether it begins with a Chinese character."""
    return _IS_HAN.match(text) is not None


def joined(words: Sequence[str]) -> str:
    """Words as a text: Chinese ones touch, others have a space between them."""
    text = "".join(words[:1])
    for before, word in pairwise(words):
        text += word if is_han(before[-1:]) or is_han(word) else f" {word}"
    return text


def replaced(text: str, words: Sequence[Word], new: New) -> tuple[str, list[tuple[int, int]]]:
    """The text with other words, and by how much each place behind moves.

    Returns:
        the text; and (end of an edit in the old text, how far what follows it has moved).
    """
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []
    done = shift = 0
    for number in sorted(new):
        start, end = words[number].place
        start, end = (start, end) if new[number] else _with_space(text, start, end)
        start = max(start, done)
        said = joined(new[number])
        pieces += [text[done:start], said]
        shift += len(said) - (end - start)
        shifts.append((end, shift))
        done = end
    return "".join([*pieces, text[done:]]), shifts


def moved(place: int, shifts: Sequence[tuple[int, int]]) -> int:
    """Where a place of the old text is in the new one; no edit reaches over it."""
    return place + next((shift for end, shift in reversed(shifts) if end <= place), 0)


def _parts(run: re.Match[str]) -> list[tuple[str, int, int]]:
    text, offset = run.group(), run.start()
    if not is_han(text):
        return [(text, offset, run.end())]
    return [(word, offset + a, offset + b) for word, a, b in rjieba.tokenize(text)]


def _with_space(text: str, start: int, end: int) -> Place:
    """A word with one of the spaces beside it, so that the rest stays well spaced."""
    if text[end : end + 1] == " ":
        return start, end + 1
    return (start - 1 if text[start - 1 : start] == " " else start), end
