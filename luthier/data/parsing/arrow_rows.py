"""Record batches of Arrow as rows: dates and decimals become text, raw bytes become text."""

from typing import Any

import pyarrow as pa


def objects(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """The rows of a batch; text that is no UTF-8 keeps its bytes as lone surrogates."""
    columns = [_as_text(column) if _needs_text(column.type) else column for column in batch.columns]
    plain = pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    try:
        return plain.to_pylist()  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        values = [_decoded(column) for column in columns]
        return [
            dict(zip(batch.schema.names, row, strict=True)) for row in zip(*values, strict=True)
        ]


def _needs_text(kind: pa.DataType) -> bool:
    return pa.types.is_temporal(kind) or pa.types.is_decimal(kind) or _is_binary(kind)


def _is_binary(kind: pa.DataType) -> bool:
    return kind in (pa.binary(), pa.large_binary(), pa.binary_view())


def _as_text(column: pa.Array) -> pa.Array:
    if _is_binary(column.type):  # old writers do not say that their bytes are text
        return column.cast(pa.large_binary()).view(pa.large_string())
    return column.cast(pa.string())


def _decoded(column: pa.Array) -> list[Any]:
    if column.type not in (pa.string(), pa.large_string()):
        return column.to_pylist()  # type: ignore[no-any-return]
    raw = column.cast(pa.large_binary()).to_pylist()
    return [None if value is None else value.decode("utf-8", "surrogateescape") for value in raw]
