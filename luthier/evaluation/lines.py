"""An evaluation as lines for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any


def evaluation_lines(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """The verdicts, the deciding one first, then every metric beside the baselines'."""
    yield evaluation["verdict"]
    yield from (line for line in evaluation["verdicts"].values() if line != evaluation["verdict"])
    yield f"{evaluation['rows']:,} rows ({evaluation['split']}), 95 % intervals"
    names = ["tuned", *evaluation["baselines"]]
    columns = [evaluation["metrics"], *evaluation["baselines"].values()]
    yield f"{'':<18}" + "".join(f"{name:>26}" for name in names)
    for metric in evaluation["metrics"]:
        yield f"{metric:<18}" + "".join(f"{_cell(column.get(metric)):>26}" for column in columns)
    lost = evaluation["truncated"]
    if lost["rows"]:
        yield f"{lost['rows']:,} rows were cut to max_length; {lost['tokens']:,} tokens were lost."


def _cell(found: Mapping[str, float | None] | None) -> str:
    if found is None or found["value"] is None:
        return "-"
    return f"{found['value']:.4f} ({found['low']:.4f}, {found['high']:.4f})"
