"""The handbook: Markdown pages, and a reference that is read from the menus themselves."""

from pathlib import Path

from luthier import __version__
from luthier.core.config import MENUS

project = "Luthier"
version = release = __version__
extensions = ["myst_parser"]
html_theme = "furo"
exclude_patterns = ["_build"]
REFERENCE = Path(__file__).parent / "reference"


def write_reference() -> None:
    """One page for each menu: its choices, their options, types and defaults."""
    REFERENCE.mkdir(exist_ok=True)
    for key, menu in MENUS.items():
        lines = [f"# {key}", f"The choices of `{menu.package.replace('.', '/')}/`.", ""]
        for name in menu.names():
            lines += [f"## {name}", menu.summary(name), ""]
            fields = menu.schema(name).model_fields
            if fields:
                lines += ["| option | default | |", "|---|---|---|"]
            for option, field in fields.items():
                default = "required" if field.is_required() else f"`{field.default}`"
                lines.append(f"| `{option}` | {default} | {field.description or ''} |")
            lines.append("")
        (REFERENCE / f"{key}.md").write_text("\n".join(lines), "utf-8")


write_reference()
