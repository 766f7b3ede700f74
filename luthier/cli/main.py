"""The command `luthier`: each file beside this one is a command, and all of them end alike."""

import logging
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import typer
from typer.exceptions import TyperException

from luthier.cli.terminal import complain, say
from luthier.core.announce import LOG
from luthier.core.errors import LuthierError

DONE, MISTAKE, FAULT, INTERRUPTED = 0, 1, 3, 130
_NOT_COMMANDS = {"main", "options", "preview", "terminal"}


def application() -> typer.Typer:
    """The command line, put together from the files of this folder."""
    app = typer.Typer(
        help="Tune a language model on your own data, and prove whether it helped.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    package = import_module(__package__)
    for found in pkgutil.iter_modules(package.__path__):
        if found.name in _NOT_COMMANDS:
            continue
        module = import_module(f"{__package__}.{found.name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=found.name)
        else:
            app.command(found.name)(getattr(module, found.name))
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 done, 1 the user's mistake, 2 refused data, 3 our own fault, 130 interrupted.
    """
    _listen()
    try:
        code = typer.main.get_command(application()).main(
            args=list(sys.argv[1:] if arguments is None else arguments),
            prog_name="luthier",
            standalone_mode=False,
        )
    except TyperException as error:
        complain(f"luthier: {error.format_message()} `luthier --help` shows the commands.")
        return MISTAKE
    except LuthierError as error:
        complain(str(error))
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        complain("Interrupted.")
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        return FAULT
    return code if isinstance(code, int) else DONE


def _listen() -> None:
    """Show what the library announces."""
    LOG.handlers = [_Shown()]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False


class _Shown(logging.Handler):
    """Log lines as lines for people."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line to standard error."""
        say(record.getMessage())
