"""Which texts repeat a row of a test set."""

import random

import pytest

from luthier.data.duplicates.held_out import HeldOut, Leak, Measure
from luthier.data.duplicates.shingles import jaccard, shingles

WORDS = [f"w{number}" for number in range(400)]
CHINESE = "工欲善其事必先利其器居是邦也事其大夫之贤者友其士之仁者子曰学而时习之"


def words(start: int, count: int) -> str:
    return " ".join(WORDS[start : start + count])


def leaks(tests: list[str], texts: list[str], **changes: object) -> list[Leak | None]:
    measure = {"words": 13, "characters": 20, "most": 10, "threshold": 0.8} | changes
    return HeldOut(tests, Measure(**measure)).leaks(texts)  # type: ignore[arg-type]


@pytest.mark.parametrize("count, found", [(13, Leak(0, near=False)), (12, None)])
def test_thirteen_words_in_common_are_a_leak(count: int, found: Leak | None) -> None:
    text = f"{words(200, 30)} {words(10, count).upper()}! {words(300, 30)}"
    assert leaks([words(0, 60)], [text]) == [found]


@pytest.mark.parametrize("count, found", [(8, Leak(0, near=False)), (7, None)])
def test_all_words_of_a_shorter_row_are_a_leak_if_there_are_eight(
    count: int, found: Leak | None
) -> None:
    text = f"{words(200, 30)} {words(10, count)} {words(300, 30)}"
    assert leaks([words(10, count)], [text]) == [found]


@pytest.mark.parametrize("count, found", [(20, Leak(0, near=False)), (19, None)])
def test_in_chinese_twenty_characters_are_a_leak(count: int, found: Leak | None) -> None:
    text = f"{'甲乙丙丁戊己庚辛壬癸' * 3}{CHINESE[5 : 5 + count]}{'子丑寅卯辰巳午未申酉' * 3}"
    assert leaks([CHINESE], [text]) == [found]


def test_a_run_that_many_rows_share_is_nobodys_own() -> None:
    tests = [f"{words(0, 20)} {words(20 + 10 * row, 10)}" for row in range(11)]
    texts = [f"{words(0, 20)} {words(300, 60)}", f"{words(300, 60)} {words(15, 15)}"]
    assert leaks(tests, texts) == [None, Leak(0, near=False)]
    assert leaks(tests, texts, most=11) == [Leak(0, near=False)] * 2


def test_a_near_duplicate_is_told_as_such() -> None:
    tests = [words(100, 50), words(0, 50)]
    assert leaks(tests, [f"{words(0, 50)} more"]) == [Leak(1, near=True)]


@pytest.mark.parametrize("text", ["Good.", "一", "so it is"])
def test_a_short_text_is_a_leak_only_as_a_whole(text: str) -> None:
    assert leaks([text], [text.upper(), f"{text} {words(0, 30)}"]) == [Leak(0, near=True), None]


def test_without_a_threshold_only_runs_are_compared() -> None:
    assert leaks(["so it is"], ["so it is"], threshold=None) == [None]


@pytest.mark.parametrize("tests, texts", [([], ["a b c"]), (["", " "], ["", "a"]), (["a"], [])])
def test_nothing_repeats_nothing(tests: list[str], texts: list[str]) -> None:
    assert leaks(tests, texts) == [None] * len(texts)


def test_near_duplicates_are_those_found_by_comparing_all() -> None:
    dice = random.Random(5)
    tests = [" ".join(dice.choices(WORDS, k=dice.choice([3, 9, 40]))) for _ in range(60)]
    tests += [f"{words(0, 12)} {words(20 + row, 3)}" for row in range(60)]  # a crowd
    texts = []
    for _ in range(150):
        copy = dice.choice(tests).split()
        for _ in range(dice.randrange(4)):
            copy[dice.randrange(len(copy))] = dice.choice(WORDS)
        texts.append(" ".join(copy))
    sets = [shingles(test) for test in tests]
    alike = [
        [row for row, own in enumerate(sets) if jaccard(text, own) >= 0.8]
        for text in map(shingles, texts)
    ]
    found = [leak.row if leak is not None and leak.near else None for leak in leaks(tests, texts)]
    assert found == [rows[0] if rows else None for rows in alike]


def test_rows_beyond_a_chunk_are_known_by_their_number() -> None:
    tests = [f"a{row} b{row} c{row}" for row in range(3000)]
    held_out = HeldOut(tests, Measure(13, 20, 10, 0.8))
    assert len(held_out) == 3000
    assert held_out.leaks([tests[2500]]) == [Leak(2500, near=True)]
