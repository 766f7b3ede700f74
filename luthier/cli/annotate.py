"""`luthier annotate DATASET --task T`: people answer on a local web page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from luthier.cli.options import grouped
from luthier.cli.terminal import answer, console, say


@dataclass(frozen=True, kw_only=True)
class What:
    """What people are asked."""

    dataset: Annotated[
        str, typer.Argument(help="A dataset, any other source, or a project made before.")
    ]
    task: Annotated[
        str | None, typer.Option(help="That the answers are for, such as text_classification.")
    ] = None
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The project; else DATASET-annotations.")
    ] = None
    guidelines: Annotated[Path | None, typer.Option(help="Markdown, shown beside each item.")] = (
        None
    )
    labels: Annotated[
        str | None, typer.Option(help="a,b,c, in the order of their keys; else those of the rows.")
    ] = None
    relation_labels: Annotated[
        str | None, typer.Option(help="a,b,c: what a relation between two spans may be.")
    ] = None
    overlap: Annotated[int, typer.Option(min=1, help="People to answer each item.")] = 1
    only: Annotated[
        str | None, typer.Option(help="`suspected`, or a file of ids: those rows alone, blind.")
    ] = None


@dataclass(frozen=True, kw_only=True)
class How:
    """How the page is served."""

    annotator: Annotated[
        str | None, typer.Option(help="Who answers; else everybody says so on entry.")
    ] = None
    order: Annotated[
        Literal["chance", "uncertainty", "diversity"],
        typer.Option(help="By chance, or as a model learns from the answers."),
    ] = "chance"
    model: Annotated[str, typer.Option(help="For that order.")] = "catalog:minilm"
    host: Annotated[str, typer.Option(help="127.0.0.1: this machine alone.")] = "127.0.0.1"
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Else a free one.")] = None
    language: Annotated[
        Literal["en", "zh"] | None, typer.Option(help="Of the page; else the browser's.")
    ] = None
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it, on a terminal.")
    ] = True


@dataclass(frozen=True, kw_only=True)
class Files:
    """Answers from and to files, and what is printed."""

    take: Annotated[
        Path | None, typer.Option("--import", help="Take answers over from a file; no page.")
    ] = None
    export: Annotated[Path | None, typer.Option(help="Write the answers to a file; no page.")] = (
        None
    )
    format: Annotated[
        str | None,
        typer.Option(help="Of that file: jsonl, label_studio, doccano or conll; else by its name."),
    ] = None
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")] = False


@grouped
def annotate(what: What, how: How, files: Files) -> None:
    """Let people label rows on a local web page: classes, spans, relations, ratings, answers."""
    import webbrowser

    from luthier.annotating.annotate import Serving
    from luthier.annotating.annotate import annotate as run
    from luthier.annotating.opening import Asking, exchange
    from luthier.core.errors import silent

    asking = Asking(
        source=what.dataset,
        task=what.task,
        output=what.output,
        guidelines=what.guidelines,
        labels=_names(what.labels),
        relation_labels=_names(what.relation_labels),
        overlap=what.overlap,
        only=what.only,
    )
    if files.take is not None or files.export is not None:
        done = exchange(asking, files.take, files.export, files.format, say)
    else:
        serving = Serving(
            host=how.host,
            port=how.port,
            language=how.language,
            annotator=how.annotator,
            order=how.order,
            model=how.model,
            open_browser=webbrowser.open if how.browser and console.is_terminal else silent,
        )
        done = {"path": str(run(asking, serving, say))}
    if files.json:
        answer(done)


def _names(written: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in written.split(",")) if written else ()
