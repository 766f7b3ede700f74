"""`luthier menu [NAME]`: what there is to choose from, and the options of each choice."""

from typing import Annotated, Any

import typer
from rich.table import Table

from luthier.cli.terminal import answer


def menu(
    name: Annotated[str | None, typer.Argument(help="A menu, or one of its choices.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what there is to choose from, with options."""
    from luthier.core.config import MENUS
    from luthier.core.errors import UserError, did_you_mean

    if name is None:
        listing = {key: {n: m.summary(n) for n in m.names()} for key, m in MENUS.items()}
        answer(listing) if json else _print_menus(listing)
        return
    plain = name.replace("-", "_")
    menus = [key for key, m in MENUS.items() if plain in (key, m.title) or plain in m.names()]
    if not menus:
        known = {*MENUS, *(choice for m in MENUS.values() for choice in m.names())}
        raise UserError(f"no menu or choice `{name}`. {did_you_mean(plain, known)}")
    for key in menus:
        chosen = MENUS[key].names() if plain not in MENUS[key].names() else [plain]
        options = {choice: _options(MENUS[key].schema(choice)) for choice in chosen}
        if json:
            answer({key: options})
        else:
            _print_choices(key, {c: MENUS[key].summary(c) for c in chosen}, options)


def _options(schema: Any) -> dict[str, dict[str, Any]]:
    properties = schema.model_json_schema().get("properties", {})
    return {
        option: {k: v for k, v in facts.items() if k not in ("title", "anyOf")}
        | ({"type": _type(facts)} if "anyOf" in facts or "type" in facts else {})
        for option, facts in properties.items()
    }


def _type(facts: dict[str, Any]) -> str:
    kinds = facts.get("anyOf", [facts])
    return " or ".join(str(k.get("const", k.get("enum", k.get("type", "choice")))) for k in kinds)


def _print_menus(listing: dict[str, dict[str, str]]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    for key, choices in listing.items():
        table = Table(title=key, title_justify="left", title_style="bold", box=None, padding=(0, 2))
        table.add_column(no_wrap=True, style="cyan", min_width=22)
        table.add_column()
        table.show_header = False
        for choice, summary in choices.items():
            table.add_row(choice, summary)
        console.print(table)
        console.print()
    console.print("`luthier menu NAME` shows the options of a menu or a choice.", markup=False)


def _print_choices(
    key: str, summaries: dict[str, str], options: dict[str, dict[str, dict[str, Any]]]
) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    for choice, summary in summaries.items():
        console.print(f"[bold]{key}: {choice}[/bold]  {summary}")
        table = Table(box=None, padding=(0, 2), show_header=False)
        for option, facts in options[choice].items():
            default = f"= {facts['default']}" if "default" in facts else "required"
            table.add_row(option, facts.get("type", ""), default, facts.get("description", ""))
        if options[choice]:
            console.print(table)
        console.print()
