"""doccano's JSON lines, of its old and its new versions."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, final

from luthier.core.errors import UserError
from luthier.data.annotation.exchange import ID, Exchange, Incoming, Outgoing, json_line
from luthier.data.annotation.kind import Kind, Value
from luthier.data.parsing.faults import Faults
from luthier.data.parsing.raw_file import RawFile
from luthier.data.parsing.values import kind as kind_of
from luthier.data.readers.jsonl import Jsonl as Reader

LABELS = ("label", "labels", "annotations")
"""What versions 1.5, 1.4 and 1.0 of doccano call the answers."""


@final
class Doccano(Exchange):
    """{"id": 1, "text": ..., "label": ["spam"]}, or spans [[0, 4, "PER"]], or `entities`."""

    extension: ClassVar[str] = "jsonl"
    kinds: ClassVar[tuple[str, ...]] = (
        *("classes", "label_sets", "spans", "relations", "free_answer"),
    )

    def write(self, items: Iterable[Outgoing], kind: Kind) -> Iterator[str]:
        """The answer that counts of each item, and items without one too.

        Raises:
            UserError: an item has no text.
        """
        for number, item in enumerate(items, 1):
            text = item.shown.get("text", item.shown.get("prompt"))
            if not isinstance(text, str):
                raise UserError(f"Row {item.row.id} has no text, which doccano needs. Write jsonl.")
            answer = _written(kind.name, item.verdict)
            line = {"id": number, "text": text, **answer, ID: item.row.id}
            yield json_line(line)

    def read(self, file: RawFile, kind: str) -> Iterator[Incoming]:
        """All texts, each with one answer, by `doccano` or the `user` that old versions name.

        Raises:
            UserError: lines without text, or whose labels cannot be understood.
        """
        faults = Faults("export from doccano as JSONL, with the names of labels")
        for found in Reader().rows(file):
            try:
                text = found.fields.get("text", found.fields.get("data"))
                if not isinstance(text, str):
                    raise ValueError("no `text`")
                answers = _answers(found.fields, kind)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                faults.add(_what(error), found.place)
                continue
            meta = found.fields.get("meta", found.fields.get("metadata"))
            holders = [found.fields, meta if isinstance(meta, Mapping) else {}]
            identity = next((h[ID] for h in holders if isinstance(h.get(ID), str)), None)
            if not faults:
                yield Incoming({"text": text}, answers, identity, found.place)
        faults.tell_if_any()


def _written(kind: str, value: Value | None) -> dict[str, Any]:
    if value is None:
        return {"entities": [], "relations": []} if kind == "relations" else {"label": []}
    if kind == "classes":
        return {"label": [value["label"]]}
    if kind == "label_sets":
        return {"label": value["labels"]}
    if kind == "free_answer":
        return {"label": [value["text"]]}
    if kind == "spans":
        return {"label": [[s["start"], s["end"], s["label"]] for s in value["spans"]]}
    entities = [
        {"id": i, "label": s["label"], "start_offset": s["start"], "end_offset": s["end"]}
        for i, s in enumerate(value["spans"], 1)
    ]
    relations = [
        {"id": i, "from_id": r["head"] + 1, "to_id": r["tail"] + 1, "type": r["label"]}
        for i, r in enumerate(value["relations"], 1)
    ]
    return {"entities": entities, "relations": relations}


def _answers(fields: Mapping[str, Any], kind: str) -> list[tuple[str, Any]]:
    if kind == "relations":
        return [("doccano", _related(fields))] if fields.get("entities") else []
    written = next((fields[name] for name in (*LABELS, "entities") if fields.get(name)), None)
    if not written:
        return []
    if isinstance(written, str):
        written = [written]
    if not isinstance(written, list):
        raise ValueError(f"the labels are {kind_of(written)} instead of a list")
    by_user: dict[str, list[Any]] = {}
    for one in written:
        user = one.get("user") if isinstance(one, Mapping) else None
        by_user.setdefault("doccano" if user is None else f"user {user}", []).append(one)
    return [(by, _value(kind, said)) for by, said in by_user.items()]


def _value(kind: str, said: list[Any]) -> Value:
    if kind == "spans":
        return {"spans": [_span(one) for one in said]}
    names = [one["label"] if isinstance(one, Mapping) else one for one in said]
    if not all(isinstance(name, str) for name in names):
        raise ValueError("labels are numbers or lists instead of names")
    if kind == "label_sets":
        return {"labels": names}
    if len(names) > 1:
        raise ValueError("several labels, where one is asked for")
    return {"label": names[0]} if kind == "classes" else {"text": names[0]}


def _span(one: Any) -> dict[str, Any]:
    if isinstance(one, Mapping):
        start, end, label = one["start_offset"], one["end_offset"], one["label"]
    else:
        start, end, label = one
    if not isinstance(label, str):
        raise ValueError("the label of a span is no name")
    return {"start": start, "end": end, "label": label}


def _related(fields: Mapping[str, Any]) -> Value:
    entities = fields["entities"]
    number = {one["id"]: i for i, one in enumerate(entities)}
    relations = [
        {"head": number[r["from_id"]], "tail": number[r["to_id"]], "label": r["type"]}
        for r in fields.get("relations") or []
    ]
    return {"spans": [_span(one) for one in entities], "relations": relations}


def _what(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing or unknown"
    return (
        "labels of an unknown shape"
        if isinstance(error, TypeError | AttributeError)
        else str(error)
    )
