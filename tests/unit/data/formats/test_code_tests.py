from typing import Any

import pytest

from luthier.data.formats.code_tests import CodeTests

HUMAN_EVAL = {
    "task_id": "HumanEval/0",
    "prompt": 'def double(x):\n    """Twice x."""\n',
    "entry_point": "double",
    "canonical_solution": "    return 2 * x\n",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n",
}
MBPP = {
    "text": "Write a function that doubles a number.",
    "code": "def double(x):\r\n  return 2 * x",
    "task_id": 1,
    "test_setup_code": "",
    "test_list": ["assert double(2) == 4", "assert double(0) == 0"],
    "challenge_test_list": [],
}


def read(row: dict[str, Any]) -> dict[str, Any]:
    found = CodeTests().recognise([row])
    assert found is not None
    return CodeTests().read(row, found.columns)


def test_a_problem_of_humaneval_ends_in_a_call_of_its_check() -> None:
    assert read(HUMAN_EVAL) == {
        "prompt": HUMAN_EVAL["prompt"],
        "completion": "    return 2 * x\n",
        "tests": f"{HUMAN_EVAL['test']}\n\ncheck(double)\n",
        "entry_point": "double",
    }


def test_a_check_that_is_called_already_is_not_called_again() -> None:
    tests = f"{HUMAN_EVAL['test']}\ncheck(double)\n"
    assert read({**HUMAN_EVAL, "test": tests})["tests"] == tests


def test_a_problem_of_mbpp_has_its_assertions_line_by_line_and_no_entry_point() -> None:
    assert read(MBPP) == {
        "prompt": MBPP["text"],
        "completion": MBPP["code"],
        "tests": "assert double(2) == 4\nassert double(0) == 0",
    }


@pytest.mark.parametrize(
    "setup", [{"test_setup_code": "import math"}, {"test_imports": ["import math"]}]
)
def test_what_sets_the_tests_up_comes_before_them(setup: dict[str, Any]) -> None:
    assert read({**MBPP, **setup})["tests"].startswith("import math\nassert double(2)")


def test_a_problem_without_solution_still_has_its_entry_point() -> None:
    row = {name: value for name, value in HUMAN_EVAL.items() if name != "canonical_solution"}
    assert "completion" not in read(row)


def test_tests_that_assert_nothing_are_no_tests() -> None:
    assert CodeTests().recognise([{**HUMAN_EVAL, "test": "blood"}]) is None


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ({"entry_point": "a b"}, "`entry_point` is no name of a function"),
        ({"test": " "}, "`test` is empty"),
        ({"test": []}, "`test` is empty"),
        ({"test": [1]}, "`test` holds a number instead of text"),
        ({"test": 1}, "`test` is a number instead of text"),
        ({"prompt": 1}, "`prompt` is a number instead of text"),
    ],
)
def test_a_row_that_is_no_problem_is_refused(spoiled: dict[str, Any], said: str) -> None:
    found = CodeTests().recognise([HUMAN_EVAL])
    assert found is not None
    with pytest.raises(ValueError, match=said):
        CodeTests().read({**HUMAN_EVAL, **spoiled}, found.columns)
