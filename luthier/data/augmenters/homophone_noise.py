"""Write some words as others that sound the same: 在 for 再, their for there."""

from collections.abc import Sequence
from random import Random
from typing import Annotated, final

from pydantic import Field

from luthier.data.augmentation.pinyin import sounds, sounds_of
from luthier.data.augmentation.rewording import WordAugmenter, some
from luthier.data.augmentation.words import New, is_han
from luthier.data.augmenter import Copies, Share

_ENGLISH = (
    "their there they're|your you're|its it's|to too two|than then|affect effect|accept except|"
    "hear here|know no|new knew|right write|weather whether|which witch|who's whose|one won|"
    "buy by bye|piece peace|week weak|would wood|wait weight|brake break|cell sell|"
    "cent scent sent|check cheque|coarse course|complement compliment|council counsel|dear deer|"
    "die dye|fair fare|for four|hole whole|hour our|knight night|mail male|meat meet|pair pear|"
    "passed past|plain plane|principal principle|rain reign|role roll|sail sale|scene seen|"
    "sea see|son sun|stationary stationery|steal steel|tail tale|threw through|waist waste|"
    "way weigh|wear where|lose loose|advice advise|quiet quite"
)
_GROUPS = [group.split() for group in _ENGLISH.split("|")]
_SAME = {word: [o for o in group if o != word] for group in _GROUPS for word in group}


@final
class HomophoneNoise(WordAugmenter):
    """A share of the words that have homophones is written as one of them, as people do in haste.

    Of a Chinese word one character is replaced by another of the same sound, whatever the tone,
    drawn by its frequency, as an input method would offer it. English words come from a small
    table of those that are often confused.
    """

    keeps_words = True

    def __init__(
        self,
        *,
        rate: Annotated[
            float, Field(gt=0, le=1, description="of the words with homophones, at least one")
        ] = 0.1,
        share: Share = 0.5,
        copies: Copies = 1,
    ):
        super().__init__(share=share, copies=copies)
        self._rate = rate

    def reword(self, words: Sequence[str], free: Sequence[int], dice: Random) -> New:
        """Draw words, and a homophone for each that has one."""
        open_ = [n for n in free if _has_homophones(words[n])]
        if not open_:
            return {}
        drawn = sorted(some(open_, self._rate, dice))
        return {n: (_homophone(words[n], dice),) for n in drawn}


def _has_homophones(word: str) -> bool:
    return any(map(sounds().has_company, word)) if is_han(word) else word.lower() in _SAME


def _homophone(word: str, dice: Random) -> str:
    if not is_han(word):
        other = dice.choice(_SAME[word.lower()])
        return other[:1].upper() + other[1:] if word[:1].isupper() else other
    place = dice.choice([at for at, one in enumerate(word) if sounds().has_company(one)])
    sound = sounds_of(word)[place]
    other = sounds().draw(sound, dice, other_than=word[place]) or word[place]
    return word[:place] + other + word[place + 1 :]
