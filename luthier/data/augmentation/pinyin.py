"""Chinese characters by their sound: everyday characters that are typed with the same letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random

import rjieba

from luthier.core.extras import extra

# Initials and finals that many speakers do not tell apart; input methods call them fuzzy.
_FUZZY_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"), ("r", "l"))
_FUZZY_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@dataclass(frozen=True, slots=True)
class Sounds:
    """The 3,755 everyday characters of GB 2312, by their most common sound without its tone.

    Attributes:
        of: character -> its sound, as it is typed: `xing`.
        characters: sound -> the characters that have it.
        weights: sound -> cumulative frequencies of these characters, in their order.
    """

    of: dict[str, str]
    characters: dict[str, list[str]]
    weights: dict[str, list[int]]

    def has_company(self, character: str) -> bool:
        """Whether another character sounds the same."""
        return len(self.characters.get(self.of.get(character, ""), ())) > 1

    def draw(self, sound: str, dice: Random, other_than: str) -> str | None:
        """A character of that sound by its frequency; None if there is no other one."""
        found = self.characters.get(sound, [])
        if not any(character != other_than for character in found):
            return None
        while True:
            drawn = dice.choices(found, cum_weights=self.weights[sound])[0]
            if drawn != other_than:
                return drawn

    def near(self, sound: str) -> list[str]:
        """Sounds that are easily typed for it: fuzzy initials and finals."""
        found = [
            b + sound.removeprefix(a)
            for pair in _FUZZY_INITIALS
            for a, b in (pair, pair[::-1])
            if sound.startswith(a) and not (len(a) == 1 and sound[1:2] == "h")
        ]
        found += [
            sound.removesuffix(a) + b
            for pair in _FUZZY_FINALS
            for a, b in (pair, pair[::-1])
            if sound.endswith(a)
        ]
        return [other for other in found if other in self.characters]


@cache
def sounds() -> Sounds:
    """All of them; made once, in about a tenth of a second.

    Raises:
        UserError: pypinyin is not installed.
    """
    with extra("augment", "The sound of Chinese characters"):
        from pypinyin import lazy_pinyin
    everyday = bytes(
        byte for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for byte in (lead, trail)
    ).decode("gb2312", "ignore")
    of = {character: lazy_pinyin(character, v_to_u=False)[0] for character in everyday}
    characters: dict[str, list[str]] = {}
    for character, sound in of.items():
        characters.setdefault(sound, []).append(character)
    weights = {
        # jieba's own dictionary tells how frequent a character is as a word.
        sound: list(accumulate(rjieba.suggest_freq(one) for one in found))
        for sound, found in characters.items()
    }
    return Sounds(of, characters, weights)


def sounds_of(word: str) -> Sequence[str]:
    """The sound of each character of a word, as it is read in that word: 银行 is yin, hang."""
    with extra("augment", "The sound of Chinese characters"):
        from pypinyin import lazy_pinyin
    # What has no sound stands for itself, character by character.
    found: list[str] = lazy_pinyin(word, errors=list)  # type: ignore[arg-type]  # lists are fine
    return found
