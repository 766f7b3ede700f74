"""Rows that somebody should look at again: suspected.jsonl, the worst first."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from luthier.core.files import write_lines
from luthier.data.parsing.faults import Faults
from luthier.data.parsing.raw_file import RawFile
from luthier.data.parsing.values import score_of
from luthier.data.readers.jsonl import Jsonl

NAME = "suspected.jsonl"


@dataclass(frozen=True, slots=True)
class Suspect:
    """One row whose answer may be wrong.

    Attributes:
        id: of the row.
        score: how suspicious it is, 0 to 1; the first lines of the file have the highest.
        reason: why, in a few words: `label error`, `conflicting labels`, `outlier`.
        label: what the row says; None if it has no single label.
        suggested: what it might be instead; None if nobody knows.
    """

    id: str
    score: float
    reason: str
    label: str | None = None
    suggested: str | None = None


def write_suspects(path: Path, suspects: Iterable[Suspect]) -> None:
    """Write the file, whole or not at all, the most suspicious row first."""
    ordered = sorted(suspects, key=lambda suspect: -suspect.score)
    write_lines(path, (json.dumps(asdict(one), ensure_ascii=False) for one in ordered))


def read_suspects(path: Path) -> Iterator[Suspect]:
    """Read the file; keys beyond those of `Suspect` may be there too.

    Raises:
        UserError: it is missing, or lines lack an id or a score; all told at once.
    """
    faults = Faults("make the file anew: luthier audit")
    for found in Jsonl().rows(RawFile(path)):
        said = {name: _text(found.fields.get(name)) for name in ("id", "label", "suggested")}
        try:
            score = score_of(found.fields, "score")
        except ValueError as error:
            faults.add(str(error), found.place)
            continue
        if said["id"] is None:
            faults.add("no `id`", found.place)
        elif not faults:
            reason = _text(found.fields.get("reason")) or ""
            yield Suspect(said["id"], score, reason, said["label"], said["suggested"])
    faults.tell_if_any()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
