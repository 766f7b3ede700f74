"""`luthier export RUN --output DIR`: what a run has trained, to be used without Luthier."""

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.terminal import answer, say
from luthier.cli.train import Json


def export(
    run: Annotated[Path, typer.Argument(help="A run folder.", show_default=False)],
    output: Annotated[Path, typer.Option(help="A folder that is not there yet.")],
    merge: Annotated[
        bool, typer.Option("--merge", help="Add an adapter to the weights of its base.")
    ] = False,
    json: Json = False,
) -> None:
    """What a run has trained, as a folder for transformers or PEFT."""
    from luthier.evaluation.export import export as export_run

    found = export_run(run, output, merged=merge)
    say(f"{found.path}: {found.megabytes:.3g} MB of weights.")
    if json:
        answer({"path": str(found.path), "megabytes": found.megabytes})
