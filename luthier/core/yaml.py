"""YAML as a recipe needs it: safe, YAML 1.2 numbers, no key twice, mistakes with their line."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from luthier.core.errors import UserError


class _Loader(yaml.SafeLoader):
    """SafeLoader that reads `5e-5` as a number and refuses a key that is written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.MarkedYAMLError(
                    problem=f"`{key.value}` is written twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


# YAML 1.1, which PyYAML reads, wants a dot and a sign in `5.0e-5`; people write 5e-5 and 1e4.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?\d+(\.\d*)?[eE][-+]?\d+$"), list("-+0123456789")
)


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping.

    Raises:
        UserError: it is missing, not text, not YAML, or not a mapping; with line and column.
    """
    try:
        tree = yaml.load(path.read_text("utf-8-sig"), _Loader)
    except FileNotFoundError:
        near = sorted(file.name for file in path.parent.glob("*.yaml"))
        there = f" {path.parent} holds: {', '.join(near)}." if near else ""
        raise UserError(f"{path}: no such file.{there}") from None
    except IsADirectoryError:
        raise UserError(f"{path}: a folder, not a recipe. Name the .yaml file in it.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: not UTF-8 text, so not a recipe.") from None
    except yaml.YAMLError as error:
        raise UserError(f"{path}{_where(error)}.") from None
    if not isinstance(tree, dict):
        raise UserError(f"{path}: a recipe is a mapping of keys such as `task:` and `data:`.")
    return tree


def parse_value(text: str) -> Any:
    """A value as it is written behind `--set key=`; text that is not YAML stays text."""
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError:
        return text


def dump_yaml(tree: dict[str, Any]) -> str:
    """YAML for people: keys in their order, Chinese as it is, short lists on one line."""
    text: str = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)
    return text


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    if mark is None:
        return f": {problem}"
    return f":{mark.line + 1}:{mark.column + 1}: {problem}"
