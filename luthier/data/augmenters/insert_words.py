"""Put synonyms of some words, or marks of punctuation, between the others."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Annotated, Literal, final

from pydantic import Field

from luthier.core.records import Row
from luthier.data.augmentation.rewording import WordAugmenter, some
from luthier.data.augmentation.synonyms import SENSES, Synonyms, find_wordnet, read_table
from luthier.data.augmentation.words import New, is_han
from luthier.data.augmenter import Copies, Means, Share

_MARKS, _CHINESE_MARKS = ".;?:!,", "。；？：！，"


@final
class InsertWords(WordAugmenter):
    """A few words more, before words drawn at random.

    `synonyms` puts there what could stand for another word of the text (RI of EDA: Wei and Zou,
    2019). `punctuation` needs no synonyms and changes no word (AEDA: Karimi et al., 2021).
    """

    def __init__(
        self,
        *,
        rate: Annotated[
            float, Field(gt=0, le=1, description="words more for each word, at least one")
        ] = 0.1,
        what: Annotated[
            Literal["synonyms", "punctuation"], Field(description="what is put between words")
        ] = "synonyms",
        table: Annotated[
            str | None, Field(description="a file with a group of words a line; else WordNet")
        ] = None,
        share: Share = 0.5,
        copies: Copies = 1,
    ):
        super().__init__(share=share, copies=copies)
        self._rate, self._what, self._table = rate, what, table
        self._synonyms: Synonyms

    def begin(self, rows: Iterable[Row], means: Means) -> None:
        """Read the synonyms, if they are wanted."""
        if self._what == "synonyms":
            self._synonyms = read_table(Path(self._table)) if self._table else find_wordnet(SENSES)

    def reword(self, words: Sequence[str], free: Sequence[int], dice: Random) -> New:
        """Draw places, and what is put before each."""
        places = sorted(some(free, self._rate, dice))
        if self._what == "punctuation":
            return {n: (dice.choice(_marks(words[n])), words[n]) for n in places}
        known = [found for n in free if (found := self._synonyms.of(words[n]))]
        if not known:
            return {}
        return {n: (dice.choice(dice.choice(known)), words[n]) for n in places}


def _marks(word: str) -> str:
    return _CHINESE_MARKS if is_han(word) else _MARKS
