"""One self-contained page: its templates, the language it speaks, and that it fetches nothing."""

import json
import re
import shlex
from base64 import b64encode
from functools import cache, partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from luthier.core import charts
from luthier.core.files import write_text
from luthier.core.markdown import escape_markdown, fenced
from luthier.core.registry import Choice
from luthier.core.yaml import dump_yaml

Language = Literal["en", "zh"]

HTML_LANGUAGE = {"en": "en", "zh": "zh-Hans"}
"""How the page names its language to browsers and screen readers."""

_FOLDER = Path(__file__).parent
# What is nearer to 0 than this was 0 before it was computed, as the R² of a mean.
_ROUNDING = 1e-12
# What may not stand in an HTML or Markdown file: control characters and lone surrogates.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def write_page(path: Path, template: str, *, language: Language, **content: Any) -> Path:
    """Render a template and write it whole or not at all.

    Args:
        path: the file to write.
        template: its place in the package, such as `data/templates/report.html`. Values are
            escaped in `.html` templates.
        language: of every word that does not come from data.
        content: the template's variables.
    """
    write_text(path, render(template, language=language, **content))
    return path


def render(template: str, *, language: Language, **content: Any) -> str:
    """The text of a page; characters that no page may hold are shown as U+FFFD."""
    text = environment(language).get_template(template).render(**content)
    return _UNPRINTABLE.sub("\ufffd", text)


@cache
def environment(language: Language) -> Environment:
    """The templates of all packages, in one language."""
    made = Environment(
        loader=PackageLoader("luthier", "."),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(  # type: ignore[attr-defined]  # the i18n extension adds it
        translations(language), newstyle=True
    )
    style = (_FOLDER / "templates" / "page.css").read_text("utf-8")
    made.globals |= {
        "html_language": HTML_LANGUAGE[language],
        "style": Markup(style),
        "style_hash": b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii"),
        "charts": charts,
    }
    made.filters |= {
        "number": number,
        "score": score,
        "measured": measured,
        "signed": signed,
        "percent": percent,
        "duration": duration,
        "markdown": escape_markdown,
        "fenced": fenced,
        "shell": shlex.quote,
        "choice": written_choice,
        "yaml": dump_yaml,
        "language_name": partial(language_name, language),
        "json": partial(json.dumps, ensure_ascii=False),
    }
    return made


@cache
def translations(language: Language) -> NullTranslations:
    """The catalogue of a language, read from its `.po` file; English is what the templates say."""
    if language == "en":
        return NullTranslations()
    with (_FOLDER / "translations" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def number(value: float) -> str:
    """A count, or a quantity of any size, with separators for thousands."""
    if value == int(value):
        text = f"{int(value):,}"
    elif abs(value) >= 1000:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.3g}" if abs(value) < 100 else f"{value:.1f}"
    return text.replace("-", "−")


def score(value: float | None) -> str:
    """A metric: three decimals up to ten, one above; a dash where it is not defined."""
    if value is None:
        return "–"
    return (f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}").replace("-", "−")


def measured(value: float | None, unit: str) -> str:
    """A metric by its unit: a `share` as `score` has it, `points` to a tenth, else three digits."""
    if value is None or unit == "share":
        return score(value)
    if unit == "points":
        text = f"{value:.1f}"
    elif abs(value) >= 999.5:
        text = f"{value:,.0f}"
    else:
        text = f"{value:#.3g}".rstrip(".") if abs(value) > _ROUNDING else "0"
    return text.replace("-", "−")


def signed(value: float, unit: str = "share") -> str:
    """A difference of metrics, with its sign."""
    text = measured(value, unit)
    return text if text.startswith("−") else f"+{text}"


def percent(share: float) -> str:
    """A share of a whole; near both ends a decimal is kept, so that few does not read as none."""
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1:
        return ">99.9%"
    return f"{100 * share:.1f}%" if 0 < share < 0.1 or 0.9 < share < 1 else f"{100 * share:.0f}%"


def duration(seconds: float) -> str:
    """Hours, minutes and seconds, `1:02:03`; without hours `2:03` minutes."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def language_name(language: Language, code: str) -> str:
    """What a language is called in that of the page; its code where it has no name there."""
    name: str = Locale.parse(HTML_LANGUAGE[language], sep="-").languages.get(code, code)
    return name


def written_choice(written: Any) -> str:
    """A choice of a recipe on one line, its unset options left out: `lora (rank 16, alpha 32)`."""
    choice = Choice.parse(written)
    given = {name: value for name, value in choice.options.items() if value is not None}
    told = ", ".join(f"{name} {value}" for name, value in given.items())
    return f"{choice.name} ({told})" if told else choice.name
