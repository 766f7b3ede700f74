"""`luthier compare RUN RUN...`: which is better, and is the difference real?"""

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.terminal import answer, say
from luthier.cli.train import Json


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Two or more run folders.")],
    metric: Annotated[str | None, typer.Option(help="Else the task's own.")] = None,
    json: Json = False,
) -> None:
    """Which run is better, and is the difference real?"""
    from luthier.evaluation.compare import compare as compare_runs

    found = compare_runs(runs, metric=metric)
    for line in found["lines"]:
        say(line)
    if json:
        answer(found)
