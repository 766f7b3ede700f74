"""The program in an answer; nothing is run here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.scoring.written_program import ending, written_program

HEAD = 'import math\n\n\ndef area(r):\n    """Of a circle."""\n'
BODY = "    return math.pi * r * r\n"
ANEW = f"def area(r):\n{BODY}"


def of(answer: str) -> str:
    return written_program(HEAD, answer, "area")


@pytest.mark.parametrize("answer", [BODY, f"\n{BODY}"])
def test_a_body_goes_on_where_the_prompt_ends(answer: str) -> None:
    assert of(answer) == HEAD + BODY


@pytest.mark.parametrize(
    "more",
    [
        "def other():\n    pas",
        "class A:",
        "if __name__",
        "print(1)",
        "# Test",
        "@cache",
        "```\nNow",
    ],
)
def test_a_body_ends_where_the_model_runs_on(more: str) -> None:
    assert of(f"\n{BODY}\n{more}").rstrip() == (HEAD + BODY).rstrip()


def test_what_a_body_indents_belongs_to_it() -> None:
    body = "    # first\n    if r:\n        print(r)\n    def inner():\n        pass\n"
    assert of(body) == HEAD + body


@pytest.mark.parametrize("fence", ["```python", "```", "```py", "``` Python3", "  ```python"])
def test_a_function_written_anew_in_a_block_keeps_what_stands_before_it(fence: str) -> None:
    assert of(f"Sure!\n{fence}\n{ANEW}```\nThat is all.") == f"import math\n\n\n{ANEW}"


def test_a_function_written_anew_without_a_block_is_cut_before_it_is_tried_out() -> None:
    assert of(f"\n{ANEW}\nprint(area(1))\n") == f"import math\n\n\n{ANEW}"


def test_a_body_in_a_block_goes_on_where_the_prompt_ends() -> None:
    assert of(f"```python\n{BODY}```") == HEAD + BODY


def test_a_block_behind_a_body_is_no_program() -> None:
    assert of(f"\n{BODY}\nLike so:\n```python\nprint(area(1))\n```") != "print(area(1))\n"
    assert of(f"\n{BODY}\n```python\nprint(area(1))\n```").rstrip() == (HEAD + BODY).rstrip()


def test_a_block_that_is_broken_off_counts_as_far_as_it_goes() -> None:
    assert of(f"```python\n{ANEW}") == f"import math\n\n\n{ANEW}"


def test_of_several_blocks_the_first_of_python_is_the_program() -> None:
    answer = f"```bash\npip install\n```\n```python\n{ANEW}```\n```python\narea(1)\n```"
    assert of(answer) == f"import math\n\n\n{ANEW}"


def test_helpers_in_a_block_are_kept() -> None:
    block = f"def square(x):\n    return x * x\n\n{ANEW}"
    assert of(f"```python\n{block}```").endswith(block)


def test_only_the_function_asked_for_counts_as_written_anew() -> None:
    assert of("def areal(r):\n    pass\n").startswith(HEAD)


def test_of_two_functions_in_a_prompt_the_last_is_the_one_to_write() -> None:
    helper = "def area_of(x):\n    return x\n\n"
    assert written_program(helper + HEAD, f"```\n{ANEW}```", "area").startswith(helper)


def test_a_prompt_may_end_within_a_line() -> None:
    assert written_program("def f(x):\n    return ", " x\n", "f") == "def f(x):\n    return x\n"


@pytest.mark.parametrize("answer", [f"\n{ANEW}", f"Yes:\n```python\n{ANEW}```"])
def test_without_an_entry_point_the_answer_is_the_whole_program(answer: str) -> None:
    assert written_program("Write area.", answer) == ANEW


@pytest.mark.parametrize("more", ["assert area(1)", "print(area(1))", "if __name__ == 'x'", "```"])
def test_a_whole_program_is_cut_before_it_is_tried_out(more: str) -> None:
    assert written_program("Write area.", f"{ANEW}\n{more}").rstrip() == ANEW.rstrip()


def test_the_ending_of_a_prompt_is_its_white_space() -> None:
    assert [ending(text) for text in ("a\n  ", "a", " \n")] == ["\n  ", "", " \n"]


@given(st.text(alphabet="a`\n \t:#", max_size=60))
def test_whatever_a_model_writes_has_a_program(answer: str) -> None:
    assert isinstance(written_program(HEAD, answer, "area"), str)
    assert isinstance(written_program("Write area.", answer), str)
