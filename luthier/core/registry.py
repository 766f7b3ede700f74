"""The folder is the menu: a choice is one file, its signature is its schema.

A menu is a package such as `luthier.data.cleaners`. Each module in it holds one choice of the
module's own name: a function `drop_short`, or a class `DropShort`. Its keyword-only arguments are
the options a recipe may give, the first line of the module's docstring is its documentation.
Other distributions add choices by an entry point in the group of the menu's dotted path.
"""

import ast
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from luthier.core.errors import Mistake, UserError, did_you_mean


@dataclass(frozen=True, slots=True)
class Choice:
    """What a recipe picked from a menu: a name and options, written `name` or `{name: {...}}`."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, written: Any) -> "Choice":
        """Read a choice as YAML gives it.

        Raises:
            ValueError: what is written is neither a name nor a mapping of one name to options.
        """
        if isinstance(written, Choice):
            return written
        if isinstance(written, str) and written:
            return cls(written)
        if isinstance(written, Mapping) and len(written) == 1:
            name, options = next(iter(written.items()))
            if isinstance(name, str) and (options is None or isinstance(options, Mapping)):
                return cls(name, dict(options or {}))
        raise ValueError(f"write a name, or {{name: {{option: value}}}}, not {written!r}.")

    def written(self) -> str | dict[str, dict[str, Any]]:
        """The shortest YAML value that reads back as this choice."""
        return {self.name: dict(self.options)} if self.options else self.name


class Menu:
    """The choices of one folder, listed without importing them."""

    def __init__(self, package: str):
        self.package = package

    @property
    def title(self) -> str:
        """The menu's short name: the last part of its path."""
        return self.package.rpartition(".")[2]

    def names(self) -> list[str]:
        """All choices by name, those of other distributions included."""
        return sorted(self._modules() | self._plugins().keys())

    def summary(self, name: str) -> str:
        """The first docstring line of a choice, read from its file without running it."""
        name = self._known(name)
        if name in self._plugins():
            return (inspect.getdoc(self.get(name)) or "").partition("\n")[0]
        source = self._folder() / f"{name}.py"
        return (ast.get_docstring(ast.parse(source.read_text("utf-8"))) or "").partition("\n")[0]

    def get(self, name: str) -> Any:
        """Import the one file that holds `name` and return its function or class.

        Raises:
            UserError: the menu has no such choice; the nearest right name is told.
        """
        name = self._known(name)
        if name in self._plugins():
            return self._plugins()[name].load()
        module = import_module(f"{self.package}.{name}")
        class_name = "".join(part.capitalize() for part in name.split("_"))
        for attribute in (name, class_name):
            if hasattr(module, attribute):
                return getattr(module, attribute)
        raise AssertionError(f"{module.__name__} must hold `{name}` or `{class_name}`")

    def schema(self, name: str) -> type[BaseModel]:
        """The options of a choice as a pydantic model: its keyword-only arguments."""
        return _schema(self.get(name), self._known(name))

    def mistakes(self, written: Any, place: str) -> list[Mistake]:
        """Everything wrong with what a recipe wrote for this menu, at its dotted place."""
        try:
            choice = Choice.parse(written)
        except ValueError as error:
            return [Mistake(place, str(error))]
        try:
            schema = self.schema(choice.name)
        except UserError as error:
            return [Mistake(place, str(error))]
        try:
            schema.model_validate(dict(choice.options))
        except ValidationError as error:
            return schema_mistakes(error, schema, f"{place}.{choice.name}")
        return []

    def resolve(self, written: Any) -> Choice:
        """The choice with every default written out, as a run records it.

        Raises:
            UserError: an unknown name or option, or a value of the wrong type.
        """
        choice, options = self._validated(written)
        return Choice(self._known(choice.name), options.model_dump(mode="json"))

    def build(self, written: Any) -> Any:
        """Make the choice: an instance of its class, or its function with the options bound.

        Raises:
            UserError: an unknown name or option, or a value of the wrong type.
        """
        choice, options = self._validated(written)
        target = self.get(choice.name)
        values = {key: getattr(options, key) for key in type(options).model_fields}
        return target(**values) if inspect.isclass(target) else partial(target, **values)

    def _validated(self, written: Any) -> tuple[Choice, BaseModel]:
        mistakes = self.mistakes(written, self.title)
        if mistakes:
            raise UserError("; ".join(str(mistake) for mistake in mistakes))
        choice = Choice.parse(written)
        return choice, self.schema(choice.name).model_validate(dict(choice.options))

    def _known(self, name: str) -> str:
        plain = name.replace("-", "_")
        if plain in self._plugins() or plain in self._modules():
            return plain
        raise UserError(f"no `{name}` among the {self.title}. {did_you_mean(plain, self.names())}")

    def _folder(self) -> Path:
        return Path(import_module(self.package).__path__[0])

    def _modules(self) -> set[str]:
        found = pkgutil.iter_modules(import_module(self.package).__path__)
        return {module.name for module in found if not module.name.startswith("_")}

    def _plugins(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in _entry_points(self.package)}


@cache
def _entry_points(group: str) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=group))


@cache
def _schema(target: Callable[..., Any], name: str) -> type[BaseModel]:
    signature = inspect.signature(target)
    hints = get_type_hints(
        target.__init__ if inspect.isclass(target) else target, include_extras=True
    )
    fields: dict[str, Any] = {}
    for parameter in signature.parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[parameter.name] = (hints[parameter.name], default)
    summary = (inspect.getdoc(target) or "").partition("\n")[0]
    config = ConfigDict(extra="forbid", validate_default=True, arbitrary_types_allowed=True)
    return create_model(name, __config__=config, __doc__=summary, **fields)


def schema_mistakes(error: ValidationError, schema: type[BaseModel], place: str) -> list[Mistake]:
    """Pydantic's errors as sentences, with the nearest right name for an unknown key."""
    mistakes = []
    for detail in error.errors(include_url=False):
        path = [str(part) for part in detail["loc"]]
        at = ".".join([place, *path] if place else path)
        if detail["type"] == "extra_forbidden":
            sentence = "no such option. " + did_you_mean(path[-1], _known_keys(schema, path))
        elif detail["type"] == "missing":
            sentence = "is required."
        elif detail["type"] == "value_error" and detail["msg"].endswith((".", "?")):
            # A validator of our own wrote a whole sentence.
            sentence = detail["msg"].removeprefix("Value error, ")
        else:
            message = detail["msg"].removeprefix("Value error, ").rstrip(".")
            sentence = f"{message[:1].lower()}{message[1:]}, not {detail['input']!r}."
        mistakes.append(Mistake(at, sentence))
    return mistakes


def _known_keys(schema: type[BaseModel], path: list[str]) -> list[str]:
    for part in path[:-1]:
        written = schema.model_fields[part].annotation if part in schema.model_fields else None
        kinds = [written, *get_args(written)]  # a section may be left out: `Server | None`
        inner = [k for k in kinds if inspect.isclass(k) and issubclass(k, BaseModel)]
        if not inner:
            return []
        schema = inner[0]
    return list(schema.model_fields)
