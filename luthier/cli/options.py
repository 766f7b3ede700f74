"""Options of a command as fields of dataclasses, where there are more than a function takes."""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Let Typer see a command's dataclasses as the options that their fields declare.

    `@grouped` `def prune(what: What, how: How) -> None: ...`, where `What` is a dataclass with
    fields such as `shares: Annotated[bool, typer.Option(help="...")] = False`.
    """
    hints = get_type_hints(command)
    groups = {name: hints[name] for name in signature(command).parameters}

    @wraps(command)
    def spread(**given: Any) -> None:
        command(
            **{
                name: group(**{field.name: given[field.name] for field in fields(group)})
                for name, group in groups.items()
            }
        )

    shown = [
        _parameter(field, get_type_hints(group, include_extras=True)[field.name])
        for group in groups.values()
        for field in fields(group)
    ]
    del spread.__wrapped__
    spread.__signature__ = Signature(shown)  # type: ignore[attr-defined]
    spread.__annotations__ = {one.name: one.annotation for one in shown}
    return spread


def _parameter(field: "Field[Any]", hint: Any) -> Parameter:
    default = Parameter.empty if field.default is MISSING else field.default
    return Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)
