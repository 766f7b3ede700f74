"""Mends punctuation, and leaves alone what only looks like it."""

from typing import Any

import pytest

from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.fix_punctuation import FixPunctuation


def fixed(text: str, **options: Any) -> str:
    row = FixPunctuation(**options).repair(Row({"text": text}), Tally("fix_punctuation"))
    assert row is not None
    return str(row["text"])


@pytest.mark.parametrize(
    "text, expected",
    [
        ("你好,世界!今天(周一)天气不错.", "你好，世界！今天（周一）天气不错。"),
        ('他说:"你好吗?"', "他说：“你好吗？”"),
        ("他走了...", "他走了……"),
        ("好。。很好。。。。", "好。很好……"),
        ("你好 ，世界", "你好，世界"),
        ("用了iPhone,还有iPad", "用了iPhone，还有iPad"),
        ("对吗??????", "对吗？？？"),
        ("时间:12:30", "时间：12:30"),
    ],
)
def test_chinese_gets_chinese_marks(text: str, expected: str) -> None:
    assert fixed(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Hello，world！Fine。", "Hello, world! Fine."),
        ("Hello ,world . How are you ?", "Hello, world. How are you?"),
        ("Wait,, what....... !!!!!!!", "Wait, what... !!!"),
        ("see（this）", "see(this)"),
    ],
)
def test_english_gets_english_marks(text: str, expected: str) -> None:
    assert fixed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "价格是3,000.50元",
        "见https://a.example/x,y?z=1, 好",
        "好的:) 谢谢;-)",
        "`甲,乙`和```\n甲,乙\n```",
        "f(中文)",
        "「東京」,テスト ,x",
        "한국어 ,네",
        "C'était vrai !",
        "x .net and .5 and ...",
        "3,000.50 and 12:30 and a::b and 1,,2",
        '"quoted" and 5" wide',
        "“你好”，他说：‘再见’——……！（真的）；《书》、",
        "坐标(x, y)在这里",
    ],
)
def test_what_is_right_or_no_prose_stays(text: str) -> None:
    assert fixed(text) == text


def test_how_many_marks_may_stand_in_a_row_can_be_told() -> None:
    assert fixed("What!!!???", max_repeats=1) == "What!?"


def test_lines_are_judged_one_by_one() -> None:
    assert fixed("Hello ，you\n你好,你") == "Hello, you\n你好，你"


def test_answers_move_with_a_mended_context() -> None:
    answers = {"text": ["Klee"], "answer_start": [6]}
    row = Row({"context": "It ,is Klee .", "answers": {**answers, "answer_start": [7]}})
    changed = FixPunctuation().repair(row, Tally("x"))
    assert changed is not None
    assert changed["context"] == "It, is Klee."
    assert changed["answers"]["answer_start"] == [7]


def test_tagged_words_stay_as_they_are() -> None:
    row = Row({"tokens": ["Hello", ",,", "!!!!!"], "tags": ["O", "O", "O"]})
    assert FixPunctuation().repair(row, Tally("x")) is row
