from typing import Any

import pytest

from luthier.data.formats.alpaca import Alpaca


def read(row: dict[str, Any]) -> Any:
    found = Alpaca().recognise([row])
    assert found is not None
    return [(m["role"], m["content"]) for m in Alpaca().read(row, found.columns)["messages"]]


@pytest.mark.parametrize("given", [{}, {"input": ""}, {"input": None}])
def test_an_instruction_without_input_stands_alone(given: dict[str, Any]) -> None:
    row = {"instruction": "Greet.", "output": "Hi.", **given}
    assert read(row) == [("user", "Greet."), ("assistant", "Hi.")]


def test_the_input_follows_the_instruction_after_a_blank_line() -> None:
    row = {"instruction": "翻译", "input": "Hi.", "output": "你好。"}
    assert read(row)[0] == ("user", "翻译\n\nHi.")


def test_system_and_history_come_first() -> None:
    row = {
        "instruction": "c",
        "output": "d",
        "system": "s",
        "history": [["a", "b"]],
    }
    assert [content for _, content in read(row)] == ["s", "a", "b", "c", "d"]


@pytest.mark.parametrize("history", [[["a"]], ["a"], [["a", 1]], "a"])
def test_a_history_that_is_no_list_of_pairs_is_refused(history: Any) -> None:
    with pytest.raises(ValueError, match="`history` is"):
        read({"instruction": "c", "output": "d", "history": history})


def test_an_instruction_without_output_is_not_recognised() -> None:
    assert Alpaca().recognise([{"instruction": "a", "instances": []}]) is None
