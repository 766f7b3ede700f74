"""Models that rows are made or judged by, lent from above: this layer never loads any itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from luthier.core.records import Row


@dataclass(frozen=True, slots=True)
class Writing:
    """How a model is to write.

    Attributes:
        temperature: what logits are divided by before a token is drawn; 0 takes the likeliest.
        max_new_tokens: where an answer is broken off.
    """

    temperature: float = 0.8
    max_new_tokens: int = 128


class Writes(Protocol):
    """A model that answers prompts with texts."""

    @property
    def identity(self) -> str:
        """A hash of all that its answers depend on, but for prompt and seed."""

    def __call__(self, prompts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """One text for each prompt; what is drawn is a function of the prompt and its own seed."""


class Judges(Protocol):
    """A tuned model that says what rows are."""

    def __call__(self, rows: Sequence[Row]) -> list[Any]:
        """The prediction for each row: a label, as the training rows wrote it."""


class Measures(Protocol):
    """A model that says a number of each text."""

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """From m texts to m numbers, in their order."""


class Embeds(Protocol):
    """A frozen model that says texts as vectors."""

    @property
    def width(self) -> int:
        """D, the numbers of a vector."""

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vector of each text: (m, D)."""


class Answers(Protocol):
    """A model that says how surprising it finds answers."""

    def __call__(self, prompts: Sequence[str], answers: Sequence[str]) -> NDArray[np.float64]:
        """(m, 2): of each answer the mean loss of its tokens, after its prompt and alone."""


class Models(Protocol):
    """Opens models by what a recipe calls them: a run folder, `catalog:NAME`, a folder, a hub id.

    Raises:
        UserError: there is no such model, or it cannot do what is asked of it.
    """

    def writer(self, model: str, writing: Writing) -> Writes:
        """A model that writes."""

    def judge(self, run: str) -> Judges:
        """The tuned model of a run that gives labels."""

    def perplexity(self, model: str) -> Measures:
        """Of each text, exp of the mean of -log p over its tokens, each given those before it."""

    def probability(self, run: str, labels: Sequence[str]) -> Measures:
        """Of each text, how likely the classifier of a run finds any of these labels."""

    def vectors(self, model: str, max_length: int) -> Embeds:
        """Mean vectors of texts by a pretrained model, of their first `max_length` tokens."""

    def answer_losses(self, model: str) -> Answers:
        """How surprising a pretrained language model finds answers, with and without prompt."""

    def counter(self, model: str) -> Callable[[Sequence[str]], list[int]]:
        """From texts to the number of tokens that a model cuts each into."""
