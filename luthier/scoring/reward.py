"""How one answer is judged: the contract of `rewards/`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from luthier.core.config import MENUS, AnyChoice


class Reward(ABC):
    """One number for one answer: the more, the better.

    Those on our own menu run from 0 to 1, so that their sum weighs all of them alike; another's
    may have a scale of its own. A package adds one by an entry point `name = "package:Class"` in
    the group `luthier.scoring.rewards`.
    """

    @abstractmethod
    def score(self, prompt: str, answer: str, references: Sequence[str]) -> float:
        """How good an answer is; the same for the same arguments, and never NaN.

        Args:
            prompt: what was asked.
            answer: what the model wrote; may be empty.
            references: the acceptable answers; none if they are not known.
        """


def rewards_of(choices: Iterable[Any]) -> list[Reward]:
    """The rewards that are named, as a recipe writes them: `length`, `{length: {maximum: 50}}`.

    Raises:
        UserError: an unknown name or option.
    """
    return [MENUS["rewards"].build(choice) for choice in choices]


def total(rewards: Iterable[Reward], prompt: str, answer: str, references: Sequence[str]) -> float:
    """The sum of what the rewards give an answer."""
    return sum((one.score(prompt, answer, references) for one in rewards), 0.0)


def _as_tuple(written: Any) -> Any:
    return (written,) if isinstance(written, str | Mapping) else written


def _resolved(choices: tuple[Any, ...]) -> tuple[Any, ...]:
    """The choices with their defaults, as a run records them."""
    menu = MENUS["rewards"]
    if mistakes := [mistake for one in choices for mistake in menu.mistakes(one, "")]:
        raise ValueError(" ".join(str(mistake).removeprefix(".") for mistake in mistakes))
    return tuple(menu.resolve(one).written() for one in choices)


RewardChoices = Annotated[
    tuple[AnyChoice, ...],
    BeforeValidator(_as_tuple),
    AfterValidator(_resolved),
    Field(description="what judges the written answers; the metric `reward` is the mean sum"),
]
"""The option `rewards` of a task, checked with the rest of the recipe."""
