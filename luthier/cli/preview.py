"""What cleaners and augmenters would do to rows, as `luthier prepare --dry-run` shows it."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from rich.table import Table
from rich.text import Text

from luthier.cli.terminal import console, say

_BEFORE, _AFTER = "  before: ", "  after:  "


def show_preview(seen: Mapping[str, Any]) -> None:
    """Show a table of the steps, and of each what it found, with examples of before and after."""
    say(seen["recognised"])
    say(f"{seen['rows']:,} rows collected.")
    if seen["steps"]:
        console.print(_table(seen["steps"]))
    for step in seen["steps"]:
        _details(step, {**step["dropped"], **step["notes"]})
    for step in seen.get("augment", ()):
        say(f"{step['name']}: {step['added']:,} rows made of {step['rows_in']:,}.")
        _details(step, {**step["left_out"], **step["notes"]}, heading=False)
    say("Nothing was written.")


def _table(steps: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("cleaner")
    for heading in ("rows in", "changed", "dropped", "rows out"):
        table.add_column(heading, justify="right")
    for step in steps:
        dropped = step["rows_in"] - step["rows_out"]
        counts = (step["rows_in"], step["changed"], dropped, step["rows_out"])
        table.add_row(step["name"], *(f"{count:,}" for count in counts))
    return table


def _details(step: Mapping[str, Any], counted: Mapping[str, int], heading: bool = True) -> None:
    if heading and (counted or step["examples"]):
        console.print(Text(f"\n{step['name']}", "bold"))
    for what, count in counted.items():
        console.print(Text(f"  {count:>9,}  {what}"), soft_wrap=True)
    for example in step["examples"]:
        for line in _example(example["before"], example["after"]):
            console.print(line, soft_wrap=True)


def _example(before: str, after: str | None) -> Iterator[Text]:
    """A text, and what becomes of it: what goes in red, what comes in green, each on its line."""
    old = Text(_BEFORE, "dim").append(_seen(before), "not dim")
    if after is None:
        yield old
        yield Text("  dropped", "red")
        return
    new = Text(_AFTER, "dim").append(_seen(after), "not dim")
    pairs = SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, new_start, new_end in pairs.get_opcodes():
        if kind != "equal":
            old.stylize("red reverse", len(_BEFORE) + start, len(_BEFORE) + end)
            new.stylize("green reverse", len(_AFTER) + new_start, len(_AFTER) + new_end)
    yield from (old, new)


def _seen(text: str) -> str:
    """The text on one line, its line ends and what a terminal would obey as signs of one width."""
    return "".join(
        "⏎" if sign == "\n" else "→" if sign == "\t" else sign if sign.isprintable() else "·"
        for sign in text
    )
