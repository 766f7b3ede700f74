"""What a command prints: one JSON object to standard output, all else to standard error."""

import json
from typing import Any

from rich.console import Console

console = Console(stderr=True, highlight=False)
"""For people. Rich leaves colours out where standard error is not a terminal."""


def say(line: str) -> None:
    """One line for people, as it is: no markup in it is read."""
    console.print(line, markup=False, soft_wrap=True)


def complain(sentence: str) -> None:
    """What the user has to mend."""
    console.print(sentence, style="red", markup=False, soft_wrap=True)


def answer(value: Any) -> None:
    """The one JSON object that `--json` promises, on standard output."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))
