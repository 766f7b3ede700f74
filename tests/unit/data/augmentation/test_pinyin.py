"""Characters by their sound, and the sounds that are typed for one another."""

from random import Random

from luthier.data.augmentation.pinyin import sounds, sounds_of


def test_everyday_characters_have_a_sound() -> None:
    assert len(sounds().of) == 3755
    assert sounds().of["女"] == "nv"


def test_a_word_is_read_as_it_is_spoken() -> None:
    assert sounds_of("银行") == ["yin", "hang"]


def test_what_has_no_sound_stands_for_itself() -> None:
    assert len(sounds_of("银\U0003134f\U0003134f行")) == 4


def test_another_character_of_the_sound_is_drawn_mostly_a_frequent_one() -> None:
    drawn = [sounds().draw("shi", Random(n), other_than="是") for n in range(50)]
    assert None not in drawn
    assert {sounds().of[one] for one in drawn if one} == {"shi"}
    assert "是" not in drawn


def test_a_sound_that_nobody_shares_gives_nothing() -> None:
    alone = next(s for s, found in sounds().characters.items() if len(found) == 1)
    only = sounds().characters[alone][0]
    assert sounds().draw(alone, Random(1), other_than=only) is None
    assert not sounds().has_company(only)


def test_sounds_that_are_easily_confused() -> None:
    assert sounds().near("zhang") == ["zang", "zhan"]
    assert "lai" in sounds().near("nai")
    assert sounds().near("xing") == ["xin"]
