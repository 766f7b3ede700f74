"""How the fields of rows become Arrow columns, and come back exactly as they were."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa

Kind = Literal["string", "integer", "number", "boolean", "strings", "json", "json_bytes"]
"""What all values of a field are. `json` holds what Arrow's types would not give back exactly:
messages, mixed types. `json_bytes` is the same with lone surrogates in it (text that was not
UTF-8), which no Arrow string may hold. None counts as absent, as it does for a row's identity."""

ARROW: Mapping[Kind, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "strings": pa.list_(pa.string()),
    "json": pa.string(),
    "json_bytes": pa.binary(),
}
LINEAGE = ("id", "derived_from")
"""Columns that every split has before those of its fields."""

Rows = Sequence[tuple[str, Sequence[str], Mapping[str, Any]]]
"""Rows as they are stored: id, derived_from, fields."""


class Columns:
    """The fields of a dataset and the kind of each, learned from its rows as they pass."""

    def __init__(self, kinds: Mapping[str, Kind] | None = None):
        self.kinds: dict[str, Kind] = dict(kinds or {})

    def learn(self, fields: Mapping[str, Any]) -> None:
        """Widen the kinds so that they hold these fields too."""
        for name, value in fields.items():
            if value is None:
                continue
            kind, known = _kind(value), self.kinds.get(name)
            if kind != known:
                self.kinds[name] = kind if known is None else _wider(kind, known)

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of a split."""
        lineage = [("id", pa.string()), ("derived_from", pa.list_(pa.string()))]
        return pa.schema(lineage + [(column(n), ARROW[k]) for n, k in self.kinds.items()])

    def table(self, rows: Rows) -> pa.Table:
        """Rows as an Arrow table of this schema."""
        values: list[Any] = [[row[0] for row in rows], [list(row[1]) for row in rows]]
        for name, kind in self.kinds.items():
            values.append(_encode([row[2].get(name) for row in rows], kind))
        schema = self.schema
        arrays = [pa.array(v, type_) for v, type_ in zip(values, schema.types, strict=True)]
        return pa.Table.from_arrays(arrays, schema=schema)

    def fields(self, table: pa.Table, names: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """The fields of the rows of a table, those named or all; absent ones are left out."""
        wanted = list(self.kinds if names is None else names)
        if not wanted:
            return [{} for _ in range(table.num_rows)]
        values = [_decode(table.column(column(n)).to_pylist(), self.kinds[n]) for n in wanted]
        return [
            {name: value for name, value in zip(wanted, row, strict=True) if value is not None}
            for row in zip(*values, strict=True)
        ]


def column(field: str) -> str:
    """The column of a field: its own name, with an underscore where lineage holds that name."""
    return f"_{field}" if field.lstrip("_") in LINEAGE else field


def is_utf8(text: str) -> bool:
    """Whether the text has no lone surrogates, the trace of bytes that were not UTF-8."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _kind(value: Any) -> Kind:
    scalar = _SCALARS.get(type(value))
    if scalar == "string":
        return "string" if is_utf8(value) else "json_bytes"
    if scalar == "integer":
        return "integer" if -(2**63) <= value < 2**63 else "json"
    if scalar is not None:
        return scalar
    if isinstance(value, list) and all(type(item) is str for item in value):
        return "strings" if all(map(is_utf8, value)) else "json_bytes"
    return "json" if is_utf8(_json(value)) else "json_bytes"


_SCALARS: Mapping[type, Kind] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
}


def _wider(first: Kind, second: Kind) -> Kind:
    return "json_bytes" if "json_bytes" in (first, second) else "json"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _encode(values: list[Any], kind: Kind) -> list[Any]:
    if kind == "json":
        return [None if value is None else _json(value) for value in values]
    if kind == "json_bytes":
        return [
            None if value is None else _json(value).encode("utf-8", "surrogatepass")
            for value in values
        ]
    return values


def _decode(values: list[Any], kind: Kind) -> list[Any]:
    if kind == "json":
        return [None if value is None else json.loads(value) for value in values]
    if kind == "json_bytes":
        return [
            None if value is None else json.loads(value.decode("utf-8", "surrogatepass"))
            for value in values
        ]
    return values
