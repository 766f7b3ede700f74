"""`prompt` and `tests`: programming problems, as HumanEval and MBPP write them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import PROMPT, SOLUTION, TESTS, columns_of, find
from luthier.data.parsing.values import holds, kind, text_of

_SETUP = ("test_imports", "test_setup_code")
_DEFINES_CHECK = re.compile(r"^def check\(", re.MULTILINE)
_CALLS_CHECK = re.compile(r"^check\(", re.MULTILINE)


@final
class CodeTests(Format):
    """Problems with the Python that a program for them has to pass.

    HumanEval's prompt is the beginning of the function `entry_point`, and its tests define a
    function `check`, which is called. MBPP's prompt is a sentence, its tests are assertions.
    """

    title = "programming problems"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the names of a prompt and of tests, some of which assert something."""
        columns = columns_of(sample)
        tests = [name for name in find(columns, TESTS) if _are_tests(sample, name)]
        prompts = [name for name in find(columns, (*PROMPT, "text")) if holds(sample, name, str)]
        solutions = [name for name in find(columns, SOLUTION) if holds(sample, name, str)]
        entry = [name for name in find(columns, ("entry_point",)) if holds(sample, name, str)]
        if not tests or not prompts or not (solutions or entry):
            return None
        found = {"prompt": prompts[0], "tests": tests[0]}
        found |= {"completion": solutions[0]} if solutions else {}
        return Recognition(found | ({"entry_point": entry[0]} if entry else {}), rank=75)

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`prompt`, `tests` and, where given, `completion` and `entry_point`.

        Raises:
            ValueError: one of them is not text, there are no tests, or the entry point is no name.
        """
        read = {"prompt": text_of(fields, columns["prompt"])}
        if "completion" in columns:
            read["completion"] = text_of(fields, columns["completion"])
        entry = text_of(fields, columns["entry_point"]) if "entry_point" in columns else ""
        if entry and not entry.isidentifier():
            raise ValueError(f"`{columns['entry_point']}` is no name of a function")
        read["tests"] = _tests(fields, columns["tests"], entry)
        return read | ({"entry_point": entry} if entry else {})


def _tests(fields: Mapping[str, Any], column: str, entry: str) -> str:
    parts = [text for name in _SETUP if name in fields for text in _lines(fields, name)]
    tests = _lines(fields, column)
    if not any(text.strip() for text in tests):
        raise ValueError(f"`{column}` is empty")
    source = "\n".join(text for text in (*parts, *tests) if text.strip())
    is_unused = _DEFINES_CHECK.search(source) and not _CALLS_CHECK.search(source)
    return f"{source}\n\ncheck({entry})\n" if entry and is_unused else source


def _lines(fields: Mapping[str, Any], column: str) -> list[str]:
    value = fields.get(column)
    if not isinstance(value, list):
        return [text_of(fields, column)]
    for text in value:
        if not isinstance(text, str):
            raise ValueError(f"`{column}` holds {kind(text)} instead of text")
    return value


def _are_tests(sample: Sequence[Mapping[str, Any]], column: str) -> bool:
    values = [fields.get(column) for fields in sample]
    texts = [text for value in values for text in (value if isinstance(value, list) else [value])]
    return any(isinstance(text, str) and "assert" in text for text in texts)
