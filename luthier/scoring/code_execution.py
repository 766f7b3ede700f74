"""Whether a program that a model wrote does what it should: run with its tests, in a sandbox."""

from luthier.core.sandbox import Sandbox


def program_of(prompt: str, completion: str, entry_point: str | None = None) -> str:
    """The program that an answer makes.

    Args:
        prompt: what the model was given.
        completion: what it wrote.
        entry_point: the function that the prompt begins and the completion ends, as in HumanEval;
            None if the completion is the whole program, as in MBPP.
    """
    return prompt + completion if entry_point else completion


def passes(program: str, tests: str, sandbox: Sandbox) -> bool:
    """Whether the program runs to its end, and its tests behind it, without an exception.

    Raises:
        UserError: the sandbox does not start.
    """
    return sandbox.run(program, tests).passed
