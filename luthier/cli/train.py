"""`luthier train RECIPE`: one run, from raw rows to a verdict."""

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.terminal import answer, say

Recipe = Annotated[Path, typer.Argument(help="The recipe, a .yaml file.", show_default=False)]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a key: training.num_epochs=1."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def train(
    recipe: Recipe,
    overrides: Set = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue a run.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a run.")] = False,
    json: Json = False,
) -> None:
    """One run, from a recipe to a report."""
    from luthier.training.train import train as run_recipe

    run = run_recipe(recipe, overrides or (), resume=resume, overwrite=overwrite, say=say)
    if json and run.writes:
        answer({"run": str(run.folder), "verdict": run.verdict, "metrics": run.scores})
