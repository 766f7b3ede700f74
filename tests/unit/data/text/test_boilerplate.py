"""Known kinds of lines that say nothing."""

import pytest

from luthier.data.text.boilerplate import RULES, boilerplate


def rules_of(text: str) -> list[str]:
    return sorted(set(boilerplate(text.split("\n"), RULES).values()))


@pytest.mark.parametrize(
    "line, rule",
    [
        ("We use cookies to improve your experience.", "cookies"),
        ("Accept all cookies", "cookies"),
        ("本网站使用Cookie以改善您的体验。", "cookies"),
        ("Skip to main content", "navigation"),
        ("Home | About us | Contact | Blog", "navigation"),
        ("首页 > 新闻", ""),
        ("首页 | 新闻 | 关于我们", "navigation"),
        ("返回顶部", "navigation"),
        ("上一篇：春天", "navigation"),
        ("© 2019 Example Ltd.", "copyright"),
        ("Copyright (c) 2001-2004 A. Author", "copyright"),
        ("版权所有 某某公司", "copyright"),
        ("Sent from my iPhone", "signatures"),
        ("发自我的华为手机", "signatures"),
        ("To unsubscribe, click here.", "subscriptions"),
        ("回复T退订", "subscriptions"),
    ],
)
def test_a_line_that_says_nothing_is_known(line: str, rule: str) -> None:
    assert rules_of(f"One sentence.\n{line}\nAnother one.") == ([rule] if rule else [])


@pytest.mark.parametrize(
    "line",
    [
        "She baked cookies for the children.",
        "name | age | city",
        "| a | b | c |",
        "Copyright law protects authors.",
        "The report is confidential.",
        "I went home - about time.",
        "-----",
        "曲奇很好吃。",
    ],
)
def test_a_line_that_says_something_is_left(line: str) -> None:
    assert rules_of(f"One sentence.\n{line}\nAnother one.") == []


def test_a_signature_is_all_after_its_delimiter() -> None:
    lines = ["Hi", "", "-- ", "Anna", "", "Example Ltd."]
    assert set(boilerplate(lines, RULES)) == {2, 3, 5}


def test_dashes_within_a_text_begin_no_signature() -> None:
    assert boilerplate(["--", *(f"line {number}" for number in range(11))], RULES) == {}


def test_signatures_below_one_another_go_together() -> None:
    first = ["--", *(f"line {number}" for number in range(9))]
    assert set(boilerplate(["Hi", *first, "-- ", "list"], RULES)) == set(range(1, 13))


def test_a_disclaimer_is_a_whole_paragraph() -> None:
    lines = ["Hi", "", "This mail is confidential and", "for the intended recipient.", "", "Bye"]
    assert boilerplate(lines, RULES) == {2: "disclaimers", 3: "disclaimers"}


def test_only_the_rules_asked_for_are_tried() -> None:
    assert boilerplate(["Hi", "Sent from my iPhone"], ["cookies"]) == {}
