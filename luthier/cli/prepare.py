"""`luthier prepare`: collect, clean and split data into a dataset folder, or refuse it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from luthier.cli.preview import show_preview
from luthier.cli.terminal import answer, console, say

if TYPE_CHECKING:
    from luthier.data.source import OnProgress

_STAGES = {
    "collect": "Collecting",
    "extract": "Reading pages",
    "read": "Reading and cleaning",
    "clean": "Trying the cleaners",
    "compare": "Looking for near-duplicates",
    "embed": "Turning rows into vectors",
    "select": "Choosing rows",
    "compare_selectors": "Comparing selectors",
    "augment": "Making new rows",
    "write": "Writing",
}
_UNITS = {"collect": "pages", "extract": "pages", "compare_selectors": "trials"}
_SECONDS = 5  # between two lines of progress where there is no terminal


def prepare(
    source: Annotated[
        list[str], typer.Argument(help="Files, folders, catalog:NAME; or one recipe (.yaml).")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Dataset folder to write; for a recipe data/NAME."),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Such as data.split.test=0.3."),
    ] = None,
    language: Annotated[
        Literal["en", "zh"] | None, typer.Option(help="Of the report; else the recipe's.")
    ] = None,
    map_model: Annotated[
        str | None,
        typer.Option(help="Draw the report's map by this model, such as catalog:minilm."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what the cleaners would do; write nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Collect, clean, split and augment data; refuse what cannot be trained on."""
    from luthier.core.errors import DataRefused
    from luthier.data.prepare import PAGE, preview
    from luthier.data.prepare import prepare as run
    from luthier.data.report_page import summarise
    from luthier.data.request import read_request
    from luthier.evaluation.lending import Lender

    if map_model is not None:
        overrides = [*(overrides or []), f"run.map_model={map_model}"]
    asked = read_request(_recipe_or_sources(source), overrides or [])
    if dry_run:
        with progress() as on_progress:
            seen = preview(asked, on_progress, models=Lender())
        show_preview(seen)
        if json:
            answer({"rows": seen["rows"], "splits": {}, "steps": seen["steps"], "path": None})
        return
    output = output or _default_output(source)
    try:
        with progress() as on_progress:
            dataset = run(
                asked, output, language=language, on_progress=on_progress, models=Lender()
            )
    except DataRefused:
        if (output / PAGE).exists():
            say(f"The report: {output / PAGE}")
        raise
    report = dataset.report
    for line in [report["recognised"], *summarise(report), f"The report: {output / PAGE}"]:
        say(line)
    if json:
        wanted = {key: report[key] for key in ("rows", "splits", "steps")}
        answer({**wanted, "path": str(output)})


def _recipe_or_sources(sources: list[str]) -> str | list[str]:
    from luthier.core.errors import UserError
    from luthier.data.request import is_recipe

    recipes = [source for source in sources if is_recipe(source)]
    if recipes and len(sources) > 1:
        raise UserError(f"{recipes[0]}: a recipe stands alone. List its sources in data.source.")
    return recipes[0] if recipes else sources


def _default_output(sources: list[str]) -> Path:
    from luthier.core.errors import UserError
    from luthier.data.request import is_recipe

    if is_recipe(sources[0]):
        return Path("data") / Path(sources[0]).stem
    raise UserError("Where to? Name a folder with --output DIR.")


@contextmanager
def progress() -> Iterator["OnProgress"]:
    """A bar on a terminal, a line now and then elsewhere."""
    if console.is_terminal:
        with _bars() as on_progress:
            yield on_progress
    else:
        yield _Lines()


@contextmanager
def _bars() -> Iterator["OnProgress"]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=console, transient=True) as bars:

        def on_progress(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_STAGES[stage], speed="")
            speed = bars.tasks[tasks[stage]].speed
            told = f"{speed:,.0f} {_unit(stage)}/s" if speed else ""
            bars.update(tasks[stage], completed=done, total=total, speed=told)

        yield on_progress


class _Lines:
    def __init__(self) -> None:
        self._start = self._last = time.monotonic()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self._last >= _SECONDS:
            self._last = now
            of = f" of {total:,}" if total else ""
            seconds = f"{now - self._start:,.0f} s"
            say(f"{_STAGES[stage]}: {done:,}{of} {_unit(stage)}, {seconds}")


def _unit(stage: str) -> str:
    return _UNITS.get(stage, "rows")
