"""The program in what a model wrote: out of its code block, or up to where it should have ended.

All of it goes by the text alone: what a model wrote is never parsed in our own process, since
Python's parser does not survive everything.
"""

import re

from luthier.scoring.code_execution import program_of

_BLOCK = re.compile(r"^[ \t]*```[ \t]*([^`\s]*)[^`\n]*\n(.*?)(?:^[ \t]*```|\Z)", re.M | re.S)
_PYTHON = {"", "py", "python", "python3"}
_GOES_ON = re.compile(r"(?:[ \t]*\r?\n)*[ \t]+\S")
_BEHIND_BODY = re.compile(r"\n(?=class\b|def\b|if\b|print\b|[#@]|```)")
"""Where models go on when a function is done: the stop sequences of Chen et al. 2021, and two."""
_BEHIND_PROGRAM = re.compile(r"\n(?=assert\b|print\b|if __name__\b|```)")


def written_program(prompt: str, answer: str, entry_point: str | None = None) -> str:
    """The program that an answer makes, as models write them.

    An answer may go on where the prompt ends, or be a program of its own: in a Markdown block (the
    first of Python, or of no language), or plain. A body ends before the next unindented `class`,
    `def`, `if`, `print`, comment, decorator or fence; a plain program before what tries it out.

    Args:
        prompt: what the model was given; white space at its end may be left to the answer.
        answer: what it wrote.
        entry_point: the function that the prompt begins, whose imports and helpers an answer that
            writes it anew keeps; None if the answer is the whole program.
    """
    goes_on = entry_point is not None and _GOES_ON.match(answer) is not None
    block = None if goes_on else _block(answer)
    code = answer if block is None else block
    if entry_point is not None and not _is_anew(code, entry_point):
        body = code.removeprefix(ending(prompt))
        return program_of(prompt, _BEHIND_BODY.split(body, maxsplit=1)[0], entry_point)
    if block is None:
        code = _BEHIND_PROGRAM.split(code.lstrip("\n"), maxsplit=1)[0]
    return code if entry_point is None else _before(prompt, entry_point) + code


def _block(answer: str) -> str | None:
    """The first block of Markdown that may be Python."""
    found = (block[2] for block in _BLOCK.finditer(answer) if block[1].lower() in _PYTHON)
    return next(found, None)


def ending(prompt: str) -> str:
    """The white space that a prompt ends with."""
    return prompt[len(prompt.rstrip()) :]


def _is_anew(code: str, entry_point: str) -> bool:
    """Whether the function is written from its head on."""
    return not _GOES_ON.match(code) and _definition(entry_point).search(code) is not None


def _before(prompt: str, entry_point: str) -> str:
    """What stands in a prompt before the function that it begins last."""
    starts = [found.start() for found in _definition(entry_point).finditer(prompt)]
    return prompt[: starts[-1]] if starts else ""


def _definition(name: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:async +)?def +{re.escape(name)}\b", re.M)
