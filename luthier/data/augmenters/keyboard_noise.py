"""Mistype some words as fingers do on a keyboard: neighbouring keys, and for Chinese its pinyin."""

from collections.abc import Sequence
from random import Random
from typing import Annotated, final

from pydantic import Field

from luthier.data.augmentation.pinyin import sounds, sounds_of
from luthier.data.augmentation.rewording import WordAugmenter, some
from luthier.data.augmentation.words import New, is_han
from luthier.data.augmenter import Copies, Share

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    """The keys around each key of QWERTY; each row stands half a key to the right of the last."""
    places = {key: (y, x + y / 2) for y, row in enumerate(_ROWS) for x, key in enumerate(row)}
    return {
        key: "".join(
            other
            for other, (v, u) in places.items()
            if other != key and abs(v - y) <= 1 and abs(u - x) <= 1
        )
        for key, (y, x) in places.items()
    }


_NEAR = _neighbours()


@final
class KeyboardNoise(WordAugmenter):
    """A share of the words gets one slip of the fingers each.

    A letter becomes its neighbour on a QWERTY keyboard, is left out, typed twice, or changes places
    with the next (Belinkov and Bisk, 2018). Of a Chinese word one character is typed by a pinyin
    that is easily confused with its own (zh and z, ang and an, n and l), and comes out as a
    frequent character of that sound.
    """

    keeps_words = True

    def __init__(
        self,
        *,
        rate: Annotated[float, Field(gt=0, le=1, description="of the words, at least one")] = 0.1,
        share: Share = 0.5,
        copies: Copies = 1,
    ):
        super().__init__(share=share, copies=copies)
        self._rate = rate

    def reword(self, words: Sequence[str], free: Sequence[int], dice: Random) -> New:
        """Draw words, and a slip for each."""
        open_ = [n for n in free if _can_slip(words[n])]
        if not open_:
            return {}
        return {n: (_slipped(words[n], dice),) for n in sorted(some(open_, self._rate, dice))}


def _can_slip(word: str) -> bool:
    if is_han(word):
        return any(sounds().near(sounds().of.get(one, "")) for one in word)
    return len(word) > 1 and any(letter.lower() in _NEAR for letter in word)


def _slipped(word: str, dice: Random) -> str:
    if is_han(word):
        return _mistyped(word, dice)
    at = dice.choice([place for place, letter in enumerate(word) if letter.lower() in _NEAR])
    letter, slip = word[at], dice.randrange(4)
    if slip == 0:
        near = dice.choice(_NEAR[letter.lower()])
        return word[:at] + (near.upper() if letter.isupper() else near) + word[at + 1 :]
    if slip == 1:
        return word[:at] + word[at + 1 :]
    if slip == 2:
        return word[: at + 1] + letter + word[at + 1 :]
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _mistyped(word: str, dice: Random) -> str:
    known = sounds()
    typed = sounds_of(word)
    open_ = [(place, near) for place, sound in enumerate(typed) if (near := known.near(sound))]
    if not open_:
        return word
    place, near = dice.choice(open_)
    drawn = known.draw(dice.choice(near), dice, other_than=word[place])
    return word if drawn is None else word[:place] + drawn + word[place + 1 :]
