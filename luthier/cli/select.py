"""`luthier select RECIPE --compare`: are chosen training rows better than random ones?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from luthier.cli.prepare import progress
from luthier.cli.terminal import answer, say
from luthier.cli.train import Json


def select(
    rows: Annotated[
        Path, typer.Argument(help="A recipe (.yaml) or a dataset folder.", show_default=False)
    ],
    compare: Annotated[
        bool, typer.Option("--compare", help="Draw quality over budget for all selectors.")
    ] = False,
    selectors: Annotated[
        str | None,
        typer.Option(help="Such as 'balanced, {diverse: {method: facility_location}}'."),
    ] = None,
    shares: Annotated[str, typer.Option(help="Budgets, as shares.")] = "0.1,0.3,0.5",
    seeds: Annotated[int, typer.Option(min=1, help="Choices of each selector.")] = 3,
    model: Annotated[
        str | None, typer.Option(help="Frozen model to judge by; else the recipe's.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder; else selection/NAME.")
    ] = None,
    json: Json = False,
) -> None:
    """Are chosen training rows better than random ones?

    The judge is a linear head on frozen features: cheap, and a full tuning may differ.

    It is asked on validation rows. To train on chosen rows, write `data.select` in a recipe.
    """
    from luthier.core.errors import UserError
    from luthier.evaluation.selection.compare import SELECTORS, compare_selectors
    from luthier.evaluation.selection.opening import opened
    from luthier.evaluation.selection.page import write_comparison

    if not compare:
        raise UserError(
            "luthier select: add --compare. To train on chosen rows, write `data.select` in the "
            "recipe, such as {diverse: {share: 0.3}}."
        )
    with progress() as on_progress, opened(rows, model, on_progress) as found:
        report = compare_selectors(
            found.dataset,
            found.model,
            max_length=found.max_length,
            selectors=SELECTORS if selectors is None else _listed("selectors", selectors),
            shares=_shares(shares),
            seeds=seeds,
            say=say,
            on_trial=lambda done, total: on_progress("compare_selectors", done, total),
        )
    for line in report["lines"]:
        say(line)
    folder = output or Path("selection") / rows.stem
    page = write_comparison(report, folder, language=found.language)
    say(f"The comparison: {page}")
    if json:
        answer({**report, "path": str(folder)})


def _listed(option: str, written: str) -> list[Any]:
    """What stands between commas, each a value as a recipe writes it."""
    from luthier.core.errors import UserError
    from luthier.core.yaml import parse_value

    found = parse_value(f"[{written}]")
    if not isinstance(found, list) or not found:
        raise UserError(f"--{option}: write a list with commas, not {written!r}.")
    return found


def _shares(written: str) -> list[float]:
    from luthier.core.errors import UserError

    found = _listed("shares", written)
    if not all(isinstance(share, int | float) and 0 < share <= 1 for share in found):
        raise UserError(f"--shares: write shares above 0 and up to 1, not {written!r}.")
    return [float(share) for share in found]
