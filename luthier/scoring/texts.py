"""What there is to know of texts before judging them: is it Chinese, where its words end."""

import re
from collections.abc import Iterable

import numpy as np

from luthier.scoring.answers import Floats, TextAnswers

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, as the inside of a regular expression's brackets."""
SPACELESS = f"{HAN}\u3040-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Scripts written without spaces: Chinese, Kana, Thai, Lao, Burmese, Khmer."""

_HAN = re.compile(f"[{HAN}]")
_OTHER_WORD = re.compile(rf"[^\W\d_{HAN}]+")
_TOKEN = re.compile(rf"[{SPACELESS}]|[^\W_{SPACELESS}]+")


def is_chinese(texts: Iterable[str]) -> bool:
    """Whether the texts hold more Chinese characters than words of other scripts."""
    han = others = 0
    for text in texts:
        han += len(_HAN.findall(text))
        others += len(_OTHER_WORD.findall(text))
    return han > others


def tokens(text: str) -> list[str]:
    """The words of a text in lower case; where words have no spaces between, its characters.

    Letters and digits only. On ASCII text these are the tokens of rouge-score.
    """
    return _TOKEN.findall(text.lower())


def known_number(answers: TextAnswers, name: str) -> Floats:
    """What is known of each row under a name: (N,); NaN where nothing is."""
    if name not in answers.numbers:
        return np.full(len(answers), np.nan)
    return np.asarray(answers.numbers[name], np.float64)
