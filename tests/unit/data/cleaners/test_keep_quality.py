"""Drops what is hardly language."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.keep_quality import KeepQuality
from luthier.data.lent import Measures, Models

PROSE = "The meeting is on Tuesday and we will talk about the report that was sent to all of you. "
LONG = " ".join(f"{word}{n}" for n in range(12) for word in ("The", "house", "of", "a", "friend"))
CHINESE = "会议在星期二举行，我们将讨论这份报告，请大家事先阅读。"


class Lender:
    """Says of each text that its perplexity is its length."""

    def perplexity(self, model: str) -> Measures:
        self.model = model
        return _lengths


def _lengths(texts: Sequence[str]) -> NDArray[np.float64]:
    return np.array([len(text) for text in texts], np.float64)


def lender() -> Models:
    return Lender()  # type: ignore[return-value]  # only this is asked


def reason(text: str, **options: Any) -> str | None:
    cleaner = KeepQuality(**options)
    return cleaner.reasons([Row({"text": text})], Tally("keep_quality"))[0]


@pytest.mark.parametrize(
    "text", [PROSE, CHINESE, "", "3+4=7", "!!!", "def f(x):\n    return x + 1"]
)
def test_language_and_short_texts_stay(text: str) -> None:
    assert reason(text) is None


@pytest.mark.parametrize(
    "text, expected",
    [
        ("#$%^&*@~#$%^&* hello there #$%^&*", "too many symbols"),
        ("0171 1234567 0171 7654321 tel", "too many digits"),
        ("the same line again\n" * 5, "repeated lines"),
        ("buy it now cheap " * 20, "repeated phrases"),
        ("很好看，" * 40, "repeated phrases"),
        (" ".join(f"w{n}" for n in range(60)), "word length"),
        (
            " ".join(f"cheap{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(60)),
            "too few stop words",
        ),
        ("".join(chr(0x9000 + n) for n in range(120)), "too few stop words"),
    ],
)
def test_each_rule_has_its_reason(text: str, expected: str) -> None:
    rules = {} if expected != "word length" else {"max_digit_share": 1}
    assert reason(text, **rules) == expected


@pytest.mark.parametrize(
    "text, options",
    [
        ("#$%^&*@~#$%^&* hello there #$%^&*", {"max_symbol_share": 1}),
        ("0171 1234567 0171 7654321 tel", {"max_digit_share": 1}),
        ("the same line again\n" * 5, {"rules": ("word_length",)}),
        ("".join(chr(0x9000 + n) for n in range(120)), {"min_stop_words": 0}),
    ],
)
def test_each_rule_can_be_switched_off(text: str, options: dict[str, Any]) -> None:
    assert reason(text, **options) is None


def test_other_scripts_are_not_asked_for_stop_words() -> None:
    words = ["слово", "дом", "улица", "город", "книга", "стол", "окно", "дверь"]
    text = " ".join(f"{a}{b}" for a in words for b in words)
    assert reason(text) is None


def test_all_rows_of_a_batch_get_their_own_reason() -> None:
    rows = [Row({"text": text}) for text in (PROSE, "the same line again\n" * 5, CHINESE)]
    assert KeepQuality().reasons(rows, Tally("x")) == [None, "repeated lines", None]


@pytest.mark.parametrize(
    "options, expected",
    [
        ({"max_perplexity": 30}, ["perplexity too high", None]),
        ({"min_perplexity": 30}, [None, "perplexity too low"]),
        ({"min_perplexity": 2, "max_perplexity": 1000}, [None, None]),
    ],
)
def test_perplexity_is_bounded(options: dict[str, Any], expected: list[str | None]) -> None:
    cleaner = KeepQuality(model="catalog:any", **options)
    cleaner.borrow(lender())
    rows = [Row({"text": PROSE}), Row({"text": "A short one."})]
    assert cleaner.reasons(rows, Tally("x")) == expected


def test_without_a_lender_a_model_is_refused_in_a_sentence() -> None:
    with pytest.raises(UserError, match=r"keep_quality\.model: names a model"):
        KeepQuality(model="catalog:any", max_perplexity=9).borrow(None)


def test_without_a_model_nobody_has_to_lend_one() -> None:
    KeepQuality().borrow(None)


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"model": "a"}, "nothing is asked of it"),
        ({"max_perplexity": 9}, "under which model"),
        ({"model": "a", "min_perplexity": 9, "max_perplexity": 9}, "is not below"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        KeepQuality(**options)
