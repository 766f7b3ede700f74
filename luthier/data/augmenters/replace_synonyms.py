"""Put synonyms in the place of some words: WordNet's, or those of a table of your own."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Annotated, final

from pydantic import Field

from luthier.core.records import Row
from luthier.data.augmentation.rewording import WordAugmenter
from luthier.data.augmentation.synonyms import SENSES, Synonyms, find_wordnet, read_table
from luthier.data.augmentation.words import New
from luthier.data.augmenter import Copies, Means, Share


@final
class ReplaceSynonyms(WordAugmenter):
    """A share of the words that have any gets a synonym (SR of EDA: Wei and Zou, 2019).

    English words are replaced where they stand in their base form, by their most frequent meanings.
    Chinese needs a table: your own, Cilin, or Open Multilingual WordNet's `wn-data-cmn.tab`.
    """

    def __init__(
        self,
        *,
        rate: Annotated[
            float, Field(gt=0, le=1, description="of the words with synonyms, at least one")
        ] = 0.1,
        table: Annotated[
            str | None, Field(description="a file with a group of words a line; else WordNet")
        ] = None,
        wordnet: Annotated[
            str | None, Field(description="folder of WordNet's files; else where it is installed")
        ] = None,
        senses: Annotated[
            int, Field(ge=1, description="meanings of a word that count in WordNet")
        ] = SENSES,
        share: Share = 0.5,
        copies: Copies = 1,
    ):
        super().__init__(share=share, copies=copies)
        self._rate, self._table, self._wordnet, self._senses = rate, table, wordnet, senses
        self._synonyms: Synonyms

    def begin(self, rows: Iterable[Row], means: Means) -> None:
        """Read the synonyms."""
        if self._table is not None:
            self._synonyms = read_table(Path(self._table))
        else:
            self._synonyms = find_wordnet(self._senses, self._wordnet)

    def reword(self, words: Sequence[str], free: Sequence[int], dice: Random) -> New:
        """Draw words that have synonyms, and a synonym for each."""
        known = {n: found for n in free if (found := self._synonyms.of(words[n]))}
        if not known:
            return {}
        drawn = dice.sample(list(known), max(1, round(self._rate * len(known))))
        return {number: (dice.choice(known[number]),) for number in sorted(drawn)}
