"""How much of a text is said twice."""

import pytest

from luthier.data.text.repetition import repeats_lines, repeats_phrases

PROSE = " ".join(f"word{number}" for number in range(100))
HAN = "".join(chr(0x4E00 + number) for number in range(200))


@pytest.mark.parametrize("text", ["", "a", "a\nb\nc", "a\n\n\nb", "one line\n" * 1])
def test_lines_that_differ_are_no_repetition(text: str) -> None:
    assert not repeats_lines(text)


@pytest.mark.parametrize("text", ["a\na", "a\nb\na\nb", f"x\ny\nz\n{PROSE}\n{PROSE}"])
def test_lines_that_come_again_are(text: str) -> None:
    assert repeats_lines(text)


@pytest.mark.parametrize("text", [PROSE, HAN, "", "buy now " * 20])
def test_different_words_and_short_texts_are_no_repetition(text: str) -> None:
    assert not repeats_phrases(text)


@pytest.mark.parametrize(
    "text",
    [
        "buy now " * 30,
        f"{PROSE} {PROSE}",
        f"{PROSE} word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11",
        "很好看，" * 40,
        HAN + HAN[:60],
    ],
)
def test_runs_of_words_that_come_again_are(text: str) -> None:
    assert repeats_phrases(text)


def test_one_name_that_comes_now_and_then_is_no_repetition() -> None:
    words = PROSE.split()
    for place in (10, 40, 80):
        words[place : place + 2] = ["New", "York"]
    assert not repeats_phrases(" ".join(words))
