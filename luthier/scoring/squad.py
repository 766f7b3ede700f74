"""Short answers held against acceptable ones, by the rules of SQuAD and of CMRC 2018."""

import re
import string
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, final

from luthier.scoring.texts import HAN, is_chinese

RulesName = Literal["auto", "squad", "cmrc2018"]
RULES = "squad: by words; cmrc2018: by Chinese characters; auto: as the references are written"


class Rules(ABC):
    """When two answers are the same, and how much they share."""

    @abstractmethod
    def normalized(self, text: str) -> str:
        """The text without what makes no difference; empty if it says nothing."""

    @abstractmethod
    def segments(self, normalized: str) -> list[str]:
        """What two answers may share parts of: the words or characters of a normalised text."""

    @abstractmethod
    def shared(self, there: Sequence[str], found: Sequence[str]) -> int:
        """How many segments two answers share."""

    def is_exact(self, references: Sequence[str], prediction: str) -> bool:
        """Whether the prediction is one of the references; none at all says there is no answer."""
        return self.normalized(prediction) in self._telling(references)

    def f1(self, references: Sequence[str], prediction: str) -> float:
        """F1 of the segments shared with the reference that shares most, from 0 to 1.

        Where one side says nothing: 1 if the other says nothing either, else 0.
        """
        found = self.segments(self.normalized(prediction))
        return max(self._f1(self.segments(one), found) for one in self._telling(references))

    def _f1(self, there: Sequence[str], found: Sequence[str]) -> float:
        if not there or not found:
            return float(not there and not found)
        return 2 * self.shared(there, found) / (len(there) + len(found))

    def _telling(self, references: Sequence[str]) -> Sequence[str]:
        return [text for text in map(self.normalized, references) if text] or [""]


@final
class Squad(Rules):
    """The official script of SQuAD 2.0 (Rajpurkar et al. 2018), which agrees with that of 1.1.

    Case, ASCII punctuation, the articles a, an, the and the width of spaces make no difference.
    Answers share words, each as often as the one that has it less often.
    """

    _articles = re.compile(r"\b(?:a|an|the)\b")
    _punctuation = str.maketrans("", "", string.punctuation)

    def normalized(self, text: str) -> str:
        """Lower case, no punctuation, no article, single spaces."""
        bare = self._articles.sub(" ", text.lower().translate(self._punctuation))
        return " ".join(bare.split())

    def segments(self, normalized: str) -> list[str]:
        """The words, parted by spaces."""
        return normalized.split()

    def shared(self, there: Sequence[str], found: Sequence[str]) -> int:
        """How many words both have, in any order."""
        return (Counter(there) & Counter(found)).total()


@final
class Cmrc2018(Rules):
    """The official script of CMRC 2018 (Cui et al. 2019), for Chinese with some English in it.

    Case, surrounding space and punctuation (of that script's list) make no difference. Answers
    share the longest run of Chinese characters and words of other scripts. Such a word is what
    stands between spaces, with ASCII punctuation split off; the script asks nltk for it, which
    also cuts contractions (don't) in two. A row without answer, which the script
    does not know, is judged as in SQuAD 2.0.
    """

    _punctuation = str.maketrans("", "", "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
    _letters = rf"[^\s{HAN}{re.escape(string.punctuation)}]+"
    _segment = re.compile(rf"[{HAN}]|{_letters}(?:[.,']{_letters})*|\S")

    def normalized(self, text: str) -> str:
        """Lower case, no punctuation."""
        return text.lower().strip().translate(self._punctuation)

    def segments(self, normalized: str) -> list[str]:
        """The Chinese characters, and the words of other scripts, in order."""
        return self._segment.findall(normalized)

    def shared(self, there: Sequence[str], found: Sequence[str]) -> int:
        """The length of the longest run that both have."""
        longest = 0
        runs = [0] * (len(found) + 1)  # runs[j + 1]: of the run that ends here and at found[j]
        for one in there:
            runs = [0, *(runs[j] + 1 if one == other else 0 for j, other in enumerate(found))]
            longest = max(longest, *runs)
        return longest


def rules(name: RulesName, references: Iterable[str]) -> Rules:
    """The rules of a name; `auto`: CMRC 2018's if the references are Chinese, else SQuAD's."""
    if name == "auto":
        name = "cmrc2018" if is_chinese(references) else "squad"
    return Cmrc2018() if name == "cmrc2018" else Squad()
