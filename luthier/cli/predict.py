"""`luthier predict RUN`: rows in, rows with predictions out."""

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.terminal import say


def predict(
    run: Annotated[Path, typer.Argument(help="A run folder.", show_default=False)],
    source: Annotated[str, typer.Option("--input", help="Rows; - is standard input.")] = "-",
    output: Annotated[str, typer.Option("--output", help="jsonl; - is standard output.")] = "-",
    int8: Annotated[
        bool, typer.Option("--int8", help="8-bit weights; says what that costs, and gains.")
    ] = False,
) -> None:
    """Rows in, rows with predictions out (jsonl)."""
    from luthier.evaluation.predictions import predict_file

    count = predict_file(run, source, output, int8=int8, say=say)
    say(f"{count:,} rows predicted.")
