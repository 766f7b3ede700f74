"""Short random rows of which some are earlier ones with words changed, by how much is known."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

VOCABULARY = [f"w{number:x}" for number in range(50_000)]
_WEIGHTS = list(accumulate(1 / (rank + 10) for rank in range(len(VOCABULARY))))
EVERY = 4  # one row in four is a copy
BACK = 1000  # rows that lie between a copy and its original, at most, in steps of EVERY
RUN = 5


@dataclass(frozen=True, slots=True)
class Planted:
    """A row and, if it is a copy, its original's number and their true Jaccard similarity."""

    text: str
    original: int | None = None
    similarity: float = 0.0


def planted(rows: int, seed: int = 7) -> Iterator[Planted]:
    """So many rows, the same ones every time; copies share from none to all of their runs."""
    for number in range(rows):
        words = original_words(number, seed)
        if number < EVERY * BACK or number % EVERY:
            yield Planted(" ".join(words))
            continue
        dice = random.Random(f"copy/{seed}/{number}")
        original = number - EVERY * dice.randrange(1, BACK) + 1
        source = original_words(original, seed)
        copy = list(source)
        for _ in range(dice.choice((0, 1, 1, 1, 2, 2, 3))):
            copy[dice.choice((0, -1, dice.randrange(len(copy))))] = dice.choice(VOCABULARY)
        yield Planted(" ".join(copy), original, similarity(source, copy))


def original_words(number: int, seed: int) -> list[str]:
    """The words of a row that is no copy: 15 to 60, the frequent ones more often."""
    dice = random.Random(f"{seed}/{number}")
    return dice.choices(VOCABULARY, cum_weights=_WEIGHTS, k=dice.randrange(15, 61))


def similarity(first: list[str], second: list[str]) -> float:
    """Jaccard similarity of the runs of five words, from the definition."""
    a, b = (
        {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
        for words in (first, second)
    )
    return len(a & b) / len(a | b)
