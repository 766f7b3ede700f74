"""`luthier predict RUN`: rows in, rows with predictions out."""

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.terminal import say


def predict(
    run: Annotated[Path, typer.Argument(help="A run folder.", show_default=False)],
    source: Annotated[str, typer.Option("--input", help="Rows; - is standard input.")] = "-",
    output: Annotated[str, typer.Option("--output", help="jsonl; - is standard output.")] = "-",
) -> None:
    """Rows in, rows with predictions out (jsonl)."""
    from luthier.evaluation.predictions import predict_file

    count = predict_file(run, source, output)
    say(f"{count:,} rows predicted.")
