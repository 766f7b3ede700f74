"""Code and addresses are out of the reach of rules for prose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.text.shielded import FENCED, SHIELDED, shielded


@pytest.mark.parametrize(
    "part",
    [
        "```\na ,b\n```",
        "`a ,b`",
        "https://a.example/b,c?d=e",
        "www.a.example/b",
        "a.b+c@mail.example",
        "/usr/lib/a.b",
        "C:\\a\\b",
        "\ue000",
    ],
)
def test_what_is_shielded_comes_back_to_the_letter(part: str) -> None:
    assert shielded(f"ab {part} cd", str.upper, SHIELDED) == f"AB {part} CD"


@pytest.mark.parametrize("text", ["a/b", "3,5", "a.b", "他说"])
def test_other_text_is_changed(text: str) -> None:
    assert shielded(text, lambda _: "x", SHIELDED) == "x"


def test_a_fence_that_is_never_closed_goes_to_the_end() -> None:
    assert shielded("ab ```a ,b cd", str.upper, SHIELDED) == "AB ```a ,b cd"


def test_the_mark_that_ends_a_sentence_is_no_part_of_an_address() -> None:
    assert shielded("see https://a.example.", lambda t: t.replace(".", "!"), SHIELDED) == (
        "see https://a.example!"
    )


def test_an_address_ends_where_chinese_begins() -> None:
    found = shielded("看https://a.example/b，好", lambda t: t.replace("，", ","), SHIELDED)
    assert found == "看https://a.example/b,好"


@given(st.text())
def test_any_text_comes_back_where_nothing_is_changed(text: str) -> None:
    assert shielded(text, lambda part: part, SHIELDED) == text
    assert shielded(text, lambda part: part, FENCED) == text
