from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from luthier.cli.options import grouped


@dataclass(frozen=True, kw_only=True)
class What:
    name: Annotated[str, typer.Argument(help="Of the thing.")]
    count: Annotated[int, typer.Option(min=1, help="How many.")] = 1


@dataclass(frozen=True, kw_only=True)
class How:
    loud: Annotated[bool, typer.Option("--loud", help="Say it.")] = False


@grouped
def tell(what: What, how: How) -> None:
    """Tell it."""
    typer.echo(f"{what.name} {what.count} {how.loud}")


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(tell)
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["box"], "box 1 False"), (["box", "--count", "3", "--loud"], "box 3 True")],
)
def test_the_fields_of_the_groups_are_the_options_of_the_command(run, arguments, told):
    assert run(*arguments).output == f"{told}\n"


def test_what_a_field_declares_is_checked(run):
    assert run("box", "--count", "0").exit_code == 2
    assert run().exit_code == 2


def test_the_help_is_that_of_the_command_and_its_fields(run):
    shown = run("--help").output
    assert "Tell it." in shown
    assert "How many." in shown
