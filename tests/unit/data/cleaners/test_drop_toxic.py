"""Drops rows with listed words, or that a classifier finds toxic."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.drop_toxic import DropToxic
from luthier.data.lent import Measures, Models


class Lender:
    """A classifier that finds what holds `bad` toxic."""

    def probability(self, run: str, labels: Sequence[str]) -> Measures:
        assert (run, labels) == ("runs/toxic", ("toxic",))
        return _bad


def _bad(texts: Sequence[str]) -> NDArray[np.float64]:
    return np.array([0.9 if "bad" in text else 0.1 for text in texts])


def lender() -> Models:
    return Lender()  # type: ignore[return-value]  # only this is asked


@pytest.fixture
def words(tmp_path: Path) -> str:
    path = tmp_path / "words.txt"
    path.write_text("# a comment\n\nass\n操\n", "utf-8")
    return str(path)


def cleaned(texts: list[str], cleaner: DropToxic) -> tuple[list[str], Tally]:
    tally = Tally("drop_toxic")
    rows = cleaner.clean([Row({"text": text}) for text in texts], tally, Path())
    return [row["text"] for row in rows], tally


def test_rows_with_listed_words_go_and_are_counted_by_word(words: str) -> None:
    texts = ["first class", "you ass", "做体操", "我操", "ass again"]
    kept, tally = cleaned(texts, DropToxic(words=words))
    assert kept == ["first class", "做体操"]
    assert tally.dropped == {"listed: ass": 2, "listed: 操": 1}


def test_what_a_classifier_finds_toxic_goes() -> None:
    cleaner = DropToxic(classifier="runs/toxic", labels=("toxic",))
    cleaner.borrow(lender())
    kept, tally = cleaned(["good", "bad"], cleaner)
    assert kept == ["good"]
    assert tally.dropped == {"classifier": 1}


def test_the_threshold_can_be_raised() -> None:
    cleaner = DropToxic(classifier="runs/toxic", labels=("toxic",), threshold=0.95)
    cleaner.borrow(lender())
    assert cleaned(["bad"], cleaner)[0] == ["bad"]


def test_messages_are_looked_at(words: str) -> None:
    row = Row({"messages": [{"role": "user", "content": "you ass"}]})
    assert DropToxic(words=words).reasons([row], Tally("x")) == ["listed: ass"]


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({}, "name a file of `words`"),
        ({"classifier": "a"}, r"drop_toxic\.labels"),
        ({"labels": ("a",), "words": "b"}, r"drop_toxic\.classifier"),
        ({"words": "missing.txt"}, "cannot be read"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        DropToxic(**options)


@pytest.mark.parametrize("content", [b"# only a comment\n", b"\xff\xfe"])
def test_a_list_without_words_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_bytes(content)
    with pytest.raises(UserError, match=r"drop_toxic\.words"):
        DropToxic(words=str(tmp_path / "words.txt"))


def test_without_a_lender_a_classifier_is_refused_in_a_sentence() -> None:
    with pytest.raises(UserError, match=r"drop_toxic\.classifier: names a model"):
        DropToxic(classifier="runs/toxic", labels=("toxic",)).borrow(None)
