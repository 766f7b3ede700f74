"""The names of class ids that the `datasets` library writes into a parquet file's metadata."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def class_names(metadata: Mapping[bytes, bytes]) -> dict[str, list[str]]:
    """The columns that hold ids of named classes, alone or in lists, with the names in order."""
    try:
        tree = json.loads(metadata.get(b"huggingface", b"{}"))
    except ValueError:
        return {}
    for key in ("info", "features"):
        tree = tree.get(key) if isinstance(tree, dict) else None
    found = {}
    for column, feature in (tree if isinstance(tree, dict) else {}).items():
        names = _names(feature)
        if names:
            found[column] = names
    return found


def named(value: Any, names: Sequence[str]) -> Any:
    """The name of an id, or the names of a list of ids; None for an id that has no name.

    The library writes -1 for a class that is not known.
    """
    if isinstance(value, list):
        return [named(item, names) for item in value]
    if isinstance(value, int) and 0 <= value < len(names):
        return names[value]
    return None


def _names(feature: Any) -> list[str]:
    while isinstance(feature, list) and feature:
        feature = feature[0]
    while isinstance(feature, dict) and isinstance(feature.get("feature"), dict):
        feature = feature["feature"]
    if not (isinstance(feature, dict) and feature.get("_type") == "ClassLabel"):
        return []
    names = feature.get("names")
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return names
    return []
