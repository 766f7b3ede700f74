"""JSON lines of Luthier's own: rows with everybody's answers and the one that counts."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, final

from luthier.data.annotation.exchange import Exchange, Incoming, Outgoing, json_line
from luthier.data.annotation.kind import Kind
from luthier.data.parsing.faults import Faults
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.jsonl import Jsonl as Reader

OWN = ("id", "derived_from", "answers", "verdict")


@final
class Jsonl(Exchange):
    """{"id": ..., "text": ..., "answers": [{"by": ..., "value": {...}}], "verdict": {...}}."""

    extension: ClassVar[str] = "jsonl"
    kinds: ClassVar[tuple[str, ...]] = (
        *("classes", "label_sets", "spans", "relations", "rating", "preference", "free_answer"),
    )

    def write(self, items: Iterable[Outgoing], kind: Kind) -> Iterator[str]:
        """A line for each item; of each answer also when it was given, and how long it took."""
        for item in items:
            answers = [
                {"by": a.by, "value": a.value, "seconds": a.seconds, "at": a.at, "note": a.note}
                for a in item.answers
            ]
            line = {
                "id": item.row.id,
                "derived_from": list(item.row.derived_from),
                **item.row.fields,
                "answers": answers,
                "verdict": item.verdict,
            }
            yield json_line(line)

    def read(self, file: RawFile, kind: str) -> Iterator[Incoming]:
        """All rows, with their `answers`.

        Raises:
            UserError: a line is no JSON object, or its answers are no list of who and what.
        """
        faults = Faults('write "answers": [{"by": "name", "value": {...}}, ...]')
        for found in Reader().rows(file):
            try:
                answers = [_said(one) for one in found.fields.get("answers") or []]
            except (ValueError, TypeError) as error:
                faults.add(str(error), found.place)
                continue
            fields = {name: value for name, value in found.fields.items() if name not in OWN}
            identity = found.fields.get("id")
            if not faults:
                known = identity if isinstance(identity, str) else None
                yield Incoming(fields, answers, known, found.place)
        faults.tell_if_any()


def _said(written: Any) -> tuple[str, Any]:
    if not isinstance(written, dict) or not isinstance(written.get("by"), str):
        raise ValueError("an answer does not say who gave it")
    if not isinstance(written.get("value"), dict):
        raise ValueError("the `value` of an answer is no object")
    return written["by"], written["value"]
