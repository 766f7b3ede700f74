import pytest

from luthier.core.sandbox import Sandbox
from luthier.scoring.code_execution import passes, program_of

HEAD = 'def double(x):\n    """Twice x."""\n'
TESTS = "assert double(2) == 4"


def test_with_an_entry_point_the_answer_goes_on_where_the_prompt_ends() -> None:
    assert program_of(HEAD, "    return 2 * x\n", "double") == f"{HEAD}    return 2 * x\n"


def test_without_an_entry_point_the_answer_is_the_program() -> None:
    assert program_of("Write double.", "double = lambda x: 2 * x") == "double = lambda x: 2 * x"


@pytest.mark.parametrize(("body", "right"), [("2 * x", True), ("x ** 2 + 1", False)])
def test_a_program_passes_if_its_tests_do(body: str, right: bool, sandbox: Sandbox) -> None:
    assert passes(f"{HEAD}    return {body}\n", TESTS, sandbox) is right


def test_a_program_that_starts_anew_after_its_head_is_a_program_too(sandbox: Sandbox) -> None:
    answer = "def double(x):\n    return 2 * x\n"
    assert passes(program_of(HEAD, answer, "double"), TESTS, sandbox)
