"""The JSON schema of a recipe, with the options of every choice on every menu."""

from typing import Any

from luthier.core.config import MENUS, Recipe
from luthier.core.registry import Menu


def recipe_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a recipe; importing all choices takes some seconds."""
    schema = Recipe.model_json_schema()
    definitions = schema["$defs"]
    sections = [schema, *(definitions[name] for name in list(definitions))]
    for key, menu in MENUS.items():
        definitions[f"{key}_choice"] = menu_schema(menu)
        reference = {"$ref": f"#/$defs/{key}_choice"}
        for section in sections:
            if key in section.get("properties", {}):
                section["properties"][key] = _placed(section["properties"][key], reference, key)
    return schema


def menu_schema(menu: Menu) -> dict[str, Any]:
    """What may be written for a menu: a name, or one name with its options."""
    names = {"enum": menu.names()}
    with_options = [
        {
            "type": "object",
            "properties": {name: menu.schema(name).model_json_schema()},
            "required": [name],
            "additionalProperties": False,
            "description": menu.summary(name),
        }
        for name in menu.names()
    ]
    return {"anyOf": [names, *with_options]}


def _placed(old: dict[str, Any], reference: dict[str, str], key: str) -> dict[str, Any]:
    kept: dict[str, Any] = {name: old[name] for name in ("default", "description") if name in old}
    if old.get("type") == "array":
        one = {"anyOf": [{"type": "string"}, reference]} if key == "source" else reference
        return {**kept, "anyOf": [one, {"type": "array", "items": one}]}
    return {**kept, **reference}
