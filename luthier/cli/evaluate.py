"""`luthier evaluate RUN`: a tuned model on rows, with intervals and baselines."""

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.terminal import answer, say
from luthier.cli.train import Json


def evaluate(
    run: Annotated[Path, typer.Argument(help="A run folder.", show_default=False)],
    data: Annotated[
        list[str] | None,
        typer.Option("--data", help="Labelled rows; else what the test split told once."),
    ] = None,
    json: Json = False,
) -> None:
    """A tuned model on rows, with intervals and baselines."""
    from luthier.evaluation.evaluate import evaluate as judge_run
    from luthier.evaluation.lines import evaluation_lines

    found = judge_run(run, data)
    for line in evaluation_lines(found):
        say(line)
    if json:
        answer(found)
