"""Let some words change places."""

from collections.abc import Sequence
from random import Random
from typing import Annotated, final

from pydantic import Field

from luthier.data.augmentation.rewording import WordAugmenter
from luthier.data.augmentation.words import New
from luthier.data.augmenter import Copies, Share


@final
class SwapWords(WordAugmenter):
    """Two words drawn at random change places, as often as asked (RS of EDA: Wei and Zou, 2019).

    Words, not characters: Chinese is cut by rjieba first.
    """

    def __init__(
        self,
        *,
        rate: Annotated[
            float, Field(gt=0, le=1, description="swaps for each word, at least one")
        ] = 0.1,
        share: Share = 0.5,
        copies: Copies = 1,
    ):
        super().__init__(share=share, copies=copies)
        self._rate = rate

    def reword(self, words: Sequence[str], free: Sequence[int], dice: Random) -> New:
        """Draw the swaps, one after another."""
        if len(free) < 2:
            return {}
        now = {number: words[number] for number in free}
        for _ in range(max(1, round(self._rate * len(free)))):
            one, other = dice.sample(free, 2)
            now[one], now[other] = now[other], now[one]
        return {number: (word,) for number, word in now.items() if word != words[number]}
