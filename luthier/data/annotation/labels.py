"""Labels that a question offers: a list that is sound, and answers that keep to it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from luthier.core.errors import UserError, did_you_mean
from luthier.data.parsing.values import kind
from luthier.data.text.readable import clip

MAX_LABEL = 200
_SHOWN = 60


def sound(labels: Sequence[str], option: str) -> list[str]:
    """The labels, none of them empty, far too long or there twice.

    Raises:
        UserError: some are; `option` is how the user wrote them.
    """
    twice = [label for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise UserError(f"{option}: `{clip(twice[0], width=_SHOWN)}` stands there twice.")
    for label in labels:
        if not label.strip() or len(label) > MAX_LABEL or not label.isprintable():
            shown = clip(label, width=_SHOWN)
            raise UserError(
                f"{option}: {shown!r} is no label. Write 1 to {MAX_LABEL} printable characters."
            )
    return list(labels)


def one_of(label: Any, labels: Sequence[str], what: str = "label") -> str:
    """The label, if it is one of those.

    Raises:
        ValueError: it is none of them.
    """
    if not isinstance(label, str):
        raise ValueError(f"the {what} is {kind(label)} instead of text")
    if label not in labels:
        shown = clip(label, width=_SHOWN)
        raise ValueError(f"there is no {what} `{shown}`. {did_you_mean(shown, labels)}")
    return label


def keys_of(value: Any, *names: str) -> list[Any]:
    """What an answer from outside says under just these names.

    Raises:
        ValueError: it is no object, or has other keys.
    """
    if not isinstance(value, dict) or set(value) != set(names):
        wanted = ", ".join(f'"{name}"' for name in names)
        raise ValueError(f"an answer is an object of {wanted}")
    return [value[name] for name in names]


def list_in(value: Any, what: str, limit: int) -> list[Any]:
    """The list, if it is one of bearable length.

    Raises:
        ValueError: it is none, or longer than the limit.
    """
    if not isinstance(value, list):
        raise ValueError(f"{what} are {kind(value)} instead of a list")
    if len(value) > limit:
        raise ValueError(f"{len(value):,} {what}, where {limit:,} are the most there may be")
    return value


def in_order(chosen: Iterable[str], labels: Sequence[str]) -> list[str]:
    """Labels in the order in which they are offered."""
    there = set(chosen)
    return [label for label in labels if label in there]
