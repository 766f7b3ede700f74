"""Pools of rows to choose from, and a lender of models whose vectors are known."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.core.records import Row
from luthier.data.augmenter import Means
from luthier.data.lent import Answers, Embeds, Measures
from luthier.data.selection.pool import Pool


class Lettered:
    """A text as how often each of its first letters stands in it: (m, 26)."""

    width = 26

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[text.count(chr(97 + n)) for n in range(26)] for text in texts], "float32")


class Lender:
    """Models whose answers can be read off the texts."""

    def vectors(self, model: str, max_length: int) -> Embeds:
        return Lettered()

    def counter(self, model: str) -> Callable[[Sequence[str]], list[int]]:
        return lambda texts: [len(text.split()) for text in texts]

    def probability(self, run: str, labels: Sequence[str]) -> Measures:
        return lambda texts: np.array([text.count("a") / 100 for text in texts])

    def perplexity(self, model: str) -> Measures:
        return lambda texts: np.array([float(len(text)) or np.nan for text in texts])

    def answer_losses(self, model: str) -> Answers:
        return lambda prompts, answers: np.array(
            [[len(prompt), len(answer)] for prompt, answer in zip(prompts, answers, strict=True)],
            np.float64,
        )


def pool_of(
    rows: Iterable[dict[str, Any]],
    scratch: Path,
    targets: Iterable[dict[str, Any]] = (),
    seed: int = 7,
    model: str | None = "letters",
) -> Pool:
    """A pool of rows with these fields."""
    held, aims = [Row(fields) for fields in rows], [Row(fields) for fields in targets]
    means = Means(seed, Lender())  # type: ignore[arg-type]  # it lends what selectors ask for
    return Pool(lambda: held, len(held), lambda: aims, means, scratch, model)
