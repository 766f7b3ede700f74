"""What shape some rows have: the most specific format that fits, told in one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from luthier.core.errors import UserError, did_you_mean
from luthier.core.registry import Choice, Menu
from luthier.data.format import FIELDS, Format, Recognition
from luthier.data.parsing.column_names import columns_of
from luthier.data.parsing.faults import shown

FORMATS = Menu("luthier.data.formats")

MAX_SHOWN = 20
"""Columns that a message lists."""
MAX_CLIP = 30
"""Characters of a value that a message shows."""

Sample = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The shape of a source's rows.

    Attributes:
        name: the format, as a recipe calls it.
        format: what reads canonical fields out of the rows.
        columns: field -> the column it is read from.
        sentence: what was recognised, for the user.
    """

    name: str
    format: Format
    columns: Mapping[str, str]
    sentence: str


def recognise(
    sample: Sample,
    origin: str,
    *,
    columns: Mapping[str, str] | None = None,
    format: str | Choice | Mapping[str, Any] | None = None,
) -> Recognised:
    """Find the format that fits the sample best.

    Args:
        sample: the first rows of a source, at least one.
        origin: how messages call the source.
        columns: canonical field -> column, where the user knows better than the names.
        format: the only format to try; else all of them.

    Raises:
        UserError: nothing fits; or a column or field is named that there is not.
    """
    override = dict(columns or {})
    there = columns_of(sample)
    if not there:
        raise UserError(f"{origin}: its rows have no columns. Give each row at least a text.")
    _refuse_unknown_columns(override, there, origin)
    renamed = [_renamed(fields, override) for fields in sample]
    fitting = []
    for choice in [Choice.parse(format)] if format else map(Choice, FORMATS.names()):
        reader: Format = FORMATS.build(choice)
        found = reader.recognise(renamed)
        if found is not None and override.keys() <= found.columns.keys():
            fitting.append((found.rank, choice.name, reader, found))
    if not fitting:
        raise UserError(_nothing_fits(origin, sample, override, format))
    _, name, reader, found = max(fitting, key=lambda fit: fit[0])
    original = {field: override.get(column, column) for field, column in found.columns.items()}
    return Recognised(name, reader, original, _sentence(origin, reader, found, original))


def _refuse_unknown_columns(override: Mapping[str, str], there: Sequence[str], origin: str) -> None:
    """Check what `columns:` says against the fields and columns that there are.

    Raises:
        UserError: with every wrong name in it, and the nearest right one.
    """
    wrong = [
        f"columns.{field}: no such field. {did_you_mean(field, FIELDS)}"
        for field in override
        if field not in FIELDS
    ]
    wrong += [
        f"columns.{field}: {origin} has no column `{column}`. {did_you_mean(column, there)}"
        for field, column in override.items()
        if column not in there
    ]
    if wrong:
        raise UserError("\n".join(wrong))


def _renamed(fields: Mapping[str, Any], override: Mapping[str, str]) -> dict[str, Any]:
    """The row as if its columns bore the names that `columns:` gives them."""
    taken = set(override.values())
    kept = {column: value for column, value in fields.items() if column not in taken}
    return kept | {field: fields[column] for field, column in override.items() if column in fields}


def _sentence(origin: str, reader: Format, found: Recognition, columns: Mapping[str, str]) -> str:
    read = ", ".join(f"{field} from `{shown(column)}`" for field, column in columns.items())
    remark = f" {found.remark}" if found.remark else ""
    return f"Recognised {reader.title} in {origin}: {read}.{remark}"


def _nothing_fits(
    origin: str,
    sample: Sample,
    override: Mapping[str, str],
    format: str | Choice | Mapping[str, Any] | None,
) -> str:
    there = columns_of(sample)
    described = [_described(column, sample[0].get(column)) for column in there[:MAX_SHOWN]]
    more = ", ..." if len(there) > MAX_SHOWN else ""
    has = f"{origin} has the columns {', '.join(described)}{more}"
    first, last = _quoted(shown(there[0])), _quoted(shown(there[-1]))
    remedy = f"Say which is what, for instance `columns: {{text: {first}, label: {last}}}`."
    if format:
        name = Choice.parse(format).name
        return f"{has}, which is not the shape `{name}`: {FORMATS.summary(name)} {remedy}"
    said = f" with {', '.join(f'`{field}`' for field in override)} as said" if override else ""
    known = "\n".join(f"  {name}: {FORMATS.summary(name)}" for name in FORMATS.names())
    return f"{has}, and no known shape fits{said}. {remedy} The shapes are:\n{known}"


def _described(column: str, value: Any) -> str:
    """A column with what it holds in the first row: `2` (Hello there...)."""
    text = shown(str(value))
    clipped = text if len(text) <= MAX_CLIP else f"{text[:MAX_CLIP]}..."
    return f"`{shown(column)}` ({clipped})"


def _quoted(name: str) -> str:
    return f'"{name}"' if name.isdigit() else name
