"""`luthier audit RUN|DATASET`: which rows somebody should look at again, the worst first."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from luthier.cli.terminal import answer, say
from luthier.cli.train import Json


def audit(
    subject: Annotated[
        str, typer.Argument(metavar="RUN|DATASET", help="A run, a dataset, or any source of rows.")
    ],
    model: Annotated[
        str | None,
        typer.Option(help="Whose features judge the rows; else the run's, or catalog:minilm."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A folder; else beside the rows.")
    ] = None,
    share: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="List this share of all rows, not the suspected ones."),
    ] = None,
    language: Annotated[Literal["en", "zh"], typer.Option(help="Of the page.")] = "en",
    json: Json = False,
) -> None:
    """List label errors, conflicting labels and outliers, the worst first."""
    from luthier.evaluation.audit.audit import audit as look
    from luthier.evaluation.audit.page import audit_lines

    found = look(subject, model=model, output=output, share=share, language=language, say=say)
    for line in audit_lines(found):
        say(line)
    say(f"Report: {Path(found['path']) / 'audit.html'}")
    if json:
        answer(found)
