"""What the slips of the keyboard and of the ear come to."""

from random import Random
from typing import Any

import pytest

from luthier.core.registry import Menu
from luthier.data.augmentation.pinyin import sounds, sounds_of

MENU = Menu("luthier.data.augmenters")


def reworded(choice: Any, words: list[str], seed: int = 0) -> list[str]:
    augmenter = MENU.build(choice)
    new = augmenter.reword(words, range(len(words)), Random(seed))
    return [word for n, old in enumerate(words) for word in new.get(n, (old,))]


def test_a_slip_is_one_key_away() -> None:
    slips = {reworded("keyboard_noise", ["go"], seed)[0] for seed in range(200)}
    assert slips <= {"fo", "ho", "to", "yo", "vo", "bo", "gi", "gp", "gk", "gl", "o", "g"} | {
        *("ggo", "goo", "og")
    }
    assert len(slips) > 8


def test_a_slip_keeps_capitals() -> None:
    assert all(reworded("keyboard_noise", ["GO"], seed)[0].isupper() for seed in range(50))


@pytest.mark.parametrize("word", ["银行", "城市", "现在", "您"])
def test_a_chinese_slip_comes_out_as_a_character_of_a_near_sound(word: str) -> None:
    for seed in range(20):
        (said,) = reworded("keyboard_noise", [word], seed)
        changed = [(a, b) for a, b in zip(word, said, strict=True) if a != b]
        sound = dict(zip(word, sounds_of(word), strict=True))
        assert all(sounds().of[b] in sounds().near(sound[a]) for a, b in changed)


def test_a_homophone_sounds_the_same() -> None:
    for seed in range(30):
        (said,) = reworded("homophone_noise", ["现在"], seed)
        assert said != "现在"
        assert [sounds().of[one] for one in said] == ["xian", "zai"]


def test_english_homophones_keep_their_capital() -> None:
    assert reworded("homophone_noise", ["There"], 1)[0] in ("Their", "They're")


def test_words_without_homophones_stay() -> None:
    assert reworded("homophone_noise", ["elephant"]) == ["elephant"]


def test_marks_are_those_of_the_script() -> None:
    choice = {"insert_words": {"what": "punctuation"}}
    assert reworded(choice, ["银行"])[0] in "。；？：！，"
    assert reworded(choice, ["bank"])[0] in ".;?:!,"


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_deleting_leaves_something_and_takes_something(count: int) -> None:
    words = [f"w{n}" for n in range(count)]
    left = reworded({"delete_words": {"rate": 0.99}}, words)
    assert len(left) >= 1
    assert len(left) < count or count == 1


def test_swapping_keeps_all_words() -> None:
    words = list("abcdefgh")
    swapped = reworded({"swap_words": {"rate": 0.5}}, words)
    assert swapped != words
    assert sorted(swapped) == words


def test_one_word_has_nobody_to_swap_with() -> None:
    assert reworded("swap_words", ["alone"]) == ["alone"]
