"""How the next token of an answer is chosen: options, and the draw of one token per row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    TemperatureLogitsWarper,
    TopPLogitsWarper,
)

from luthier.core.errors import UserError


@dataclass(frozen=True, slots=True)
class Decoding:
    """How an answer is made, token by token.

    Attributes:
        max_new_tokens: where an answer is broken off.
        num_beams: hypotheses that beam search keeps; 1 is no search.
        temperature: what logits are divided by before a token is drawn; 0 takes the likeliest.
        top_p: a token is drawn among the likeliest that together have this probability (nucleus
            sampling: Holtzman et al., 2020).
        repetition_penalty: what the logits of tokens that were said already are divided by, or
            multiplied by where they are negative (Keskar et al., 2019, section 4.1).
        num_samples: answers drawn for each prompt.

    Raises:
        UserError: two of these exclude each other.
    """

    max_new_tokens: int = 128
    num_beams: int = 1
    temperature: float = 0.0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    num_samples: int = 1

    def __post_init__(self) -> None:
        if self.num_beams > 1 and self.temperature > 0:
            raise UserError(
                "num_beams: beam search looks for the likeliest answer and draws none. Set "
                "temperature to 0, or num_beams to 1."
            )
        if self.num_samples > 1 and self.temperature == 0:
            raise UserError(
                f"num_samples: without a temperature all {self.num_samples} answers are the same. "
                "Set a temperature, such as 0.8."
            )


@final
class RowDraw(LogitsProcessor):
    """Draws the next token of each row by a number of the row's own, and rules out all others.

    So what is drawn is a function of (seed, row, sample, step), whatever rows are in the batch;
    transformers' own sampling goes by the place in the batch. The token is the first whose
    cumulative probability exceeds the number (inverse transform sampling).
    """

    def __init__(self, decoding: Decoding, seed: int, rows: Sequence[int]):
        """Each of the rows stands `num_samples` times in the batch, one behind the other."""
        self.warpers = LogitsProcessorList([TemperatureLogitsWarper(decoding.temperature)])
        if decoding.top_p < 1:
            self.warpers.append(TopPLogitsWarper(decoding.top_p))
        keys = [[seed, row, sample] for row in rows for sample in range(decoding.num_samples)]
        numbers = [
            np.random.Generator(np.random.PCG64(key)).random(decoding.max_new_tokens)
            for key in keys
        ]
        self.numbers = torch.from_numpy(np.stack(numbers))
        self.step = 0

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Scores (B, V) that leave one token to each row."""
        shares = self.warpers(input_ids, scores).softmax(dim=-1, dtype=torch.float64)
        below = shares.cumsum(dim=-1)
        number = self.numbers[:, self.step, None].to(below.device) * below[:, -1:]
        self.step += 1
        drawn = torch.searchsorted(below, number, right=True)
        return torch.full_like(scores, -torch.inf).scatter(1, drawn, 0.0)

    def keep(self, rows: Any) -> None:
        """Go on with some of the rows, by their places in the batch; the others have left."""
        self.numbers = self.numbers[rows.to(self.numbers.device)]
