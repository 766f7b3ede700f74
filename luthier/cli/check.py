"""`luthier check RECIPE`: everything before the first step."""

from typing import Annotated

import typer

from luthier.cli.terminal import answer, say
from luthier.cli.train import Json, Recipe, Set


def check(
    recipe: Recipe,
    overrides: Set = None,
    rows: Annotated[int, typer.Option("--rows", min=0, help="Rendered examples to show.")] = 3,
    json: Json = False,
) -> None:
    """Everything before the first step: data, examples, time and memory."""
    from luthier.training.check import check as check_recipe

    found = check_recipe(recipe, overrides or (), rows=rows, say=say)
    if json:
        answer(found)
