"""Cut a stream into lists of a bounded size (`itertools.batched`, which Python 3.11 lacks)."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items, in order; the last may be shorter, none is empty."""
    stream = iter(items)
    while chunk := list(islice(stream, size)):
        yield chunk
