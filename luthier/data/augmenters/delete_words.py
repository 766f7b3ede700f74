"""Leave out some words."""

from collections.abc import Sequence
from random import Random
from typing import Annotated, final

from pydantic import Field

from luthier.data.augmentation.rewording import WordAugmenter, some
from luthier.data.augmentation.words import New
from luthier.data.augmenter import Copies, Share


@final
class DeleteWords(WordAugmenter):
    """A share of the words, drawn at random, is left out (RD of EDA: Wei and Zou, 2019).

    At least one goes, and at least one stays.
    """

    def __init__(
        self,
        *,
        rate: Annotated[
            float, Field(gt=0, lt=1, description="of the words, at least one and never all")
        ] = 0.1,
        share: Share = 0.5,
        copies: Copies = 1,
    ):
        super().__init__(share=share, copies=copies)
        self._rate = rate

    def reword(self, words: Sequence[str], free: Sequence[int], dice: Random) -> New:
        """Draw what goes."""
        gone = some(free, self._rate, dice)[: len(words) - 1]
        return dict.fromkeys(sorted(gone), ())
