"""A row and its identity: the hash of what it says, and the rows it was derived from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Fields = Mapping[str, Any]

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def row_id(fields: Fields) -> str:
    """The identity of a row: the first 128 bits, in hex, of the SHA-256 of its canonical JSON.

    Canonical is: keys sorted, no white space, UTF-8, lone surrogates kept (`surrogatepass`).
    Equal content has an equal id wherever it came from; fields that are None count as absent.
    """
    present = {key: value for key, value in fields.items() if value is not None}
    text = _CANONICAL.encode(present)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Row:
    """One example.

    Attributes:
        fields: its content by canonical name (`text`, `label`, `messages`, ...).
        derived_from: ids of the rows it was made from; empty if it is as it was collected.
        id: hash of `fields`; made here, never given.
    """

    fields: Fields
    derived_from: tuple[str, ...] = ()
    id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", row_id(self.fields))

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The field of that name, or the default."""
        return self.fields.get(name, default)

    def derive(self, **changes: Any) -> "Row":
        """Give the row other fields; the new row remembers the row as it was collected.

        Unchanged content gives this very row back, so that identity moves only with content.
        """
        fields = {**self.fields, **changes}
        if fields == self.fields:
            return self
        return Row(fields, self.derived_from or (self.id,))
