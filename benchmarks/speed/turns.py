"""Who is measured when: A B A B, so that a machine that slows down slows down everybody."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Kind = TypeVar("Kind")


def turns(contenders: Sequence[Kind], seeds: Sequence[int]) -> Iterator[tuple[int, Kind]]:
    """Every contender once a seed; who begins moves on by one from seed to seed."""
    for number, seed in enumerate(seeds):
        first = number % len(contenders)
        for contender in (*contenders[first:], *contenders[:first]):
            yield seed, contender
