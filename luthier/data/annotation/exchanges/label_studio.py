"""Label Studio's JSON: tasks with `data` and `annotations`, each of which has a `result`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, final

from luthier.data.annotation.exchange import ID, Exchange, Incoming, Outgoing, json_line
from luthier.data.annotation.kind import Kind, Value
from luthier.data.parsing.faults import Faults
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.json import Json

TO, ANSWER, RELATION = "text", "answer", "relation"
"""Names of the controls in the labelling configuration that fits what is written."""
_MAY_BE_EMPTY = frozenset({"spans", "relations", "label_sets"})
_SIDES = {"A": "left", "B": "right"}


@final
class LabelStudio(Exchange):
    """Choices, labels with relations, ratings, pairwise choices and text areas, both ways.

    Offsets of spans count Unicode characters. Files of versions that counted UTF-16 units are
    recognised by the text each span repeats.
    """

    extension: ClassVar[str] = "json"
    kinds: ClassVar[tuple[str, ...]] = (
        *("classes", "label_sets", "spans", "relations", "rating", "preference", "free_answer"),
    )

    def write(self, items: Iterable[Outgoing], kind: Kind) -> Iterator[str]:
        """A task for each item, with everybody's answers."""
        people: dict[str, int] = {}
        begin = "["
        for number, item in enumerate(items, 1):
            annotations: list[dict[str, Any]] = []
            for answer in item.answers:
                if answer.value is None:
                    continue
                person = people.setdefault(answer.by, len(people) + 1)
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "completed_by": {"id": person, "email": answer.by},
                        "result": _written(kind.name, answer.value, item.shown),
                        "was_cancelled": False,
                        "ground_truth": False,
                        "created_at": answer.at,
                        "lead_time": answer.seconds,
                    }
                )
            data = {**item.shown, ID: item.row.id}
            task = {"id": number, "data": data, "annotations": annotations, "predictions": []}
            yield begin + json_line(task)
            begin = ","
        yield "]" if begin == "," else "[]"

    def read(self, file: RawFile, kind: str) -> Iterator[Incoming]:
        """All tasks; annotations that were cancelled are no answers.

        Raises:
            UserError: no list of tasks, or results that cannot be understood.
        """
        faults = Faults("export from Label Studio as JSON (not JSON_MIN); check --task")
        for found in Json().rows(file):
            try:
                incoming = _task(found.fields, kind, found.place)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                faults.add(_what(error), found.place)
                continue
            if not faults:
                yield incoming
        faults.tell_if_any()


def _task(task: Mapping[str, Any], kind: str, place: str) -> Incoming:
    data = task.get("data")
    if not isinstance(data, Mapping):
        raise ValueError("no `data`")
    annotations = task.get("annotations", task.get("completions"))
    if not isinstance(annotations, list):
        raise ValueError("no `annotations`")
    answers = []
    for annotation in annotations:
        result = annotation["result"]
        # Nothing marked is an answer; nothing chosen is none.
        if not annotation.get("was_cancelled") and (result or kind in _MAY_BE_EMPTY):
            answers.append((_person(annotation), _value(kind, result, data)))
    identity = data.get(ID)
    fields = {name: value for name, value in data.items() if name != ID}
    return Incoming(fields, answers, identity if isinstance(identity, str) else None, place)


def _person(annotation: Mapping[str, Any]) -> str:
    by = annotation.get("completed_by")
    if isinstance(by, Mapping):
        by = by.get("email") or by.get("id")
    return by if isinstance(by, str) and by else f"user {by or 'unknown'}"


def _written(kind: str, value: Value, shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    if kind in ("spans", "relations"):
        text = shown["text"]
        return [
            *(_region(i, span, text) for i, span in enumerate(value["spans"])),
            *(_relation(one) for one in value.get("relations", [])),
        ]
    if kind == "classes":
        return [_control("choices", {"choices": [value["label"]]})]
    if kind == "label_sets":
        return [_control("choices", {"choices": value["labels"]})] if value["labels"] else []
    if kind == "rating":
        return [_control("rating", {"rating": value["score"]})]
    if kind == "free_answer":
        return [_control("textarea", {"text": [value["text"]]})]
    if value["preferred"] in _SIDES:
        return [_control("pairwise", {"selected": _SIDES[value["preferred"]]})]
    return [_control("choices", {"choices": ["tie"]})]


def _control(type_: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": ANSWER, "to_name": TO, "type": type_, "value": value}


def _region(number: int, span: Mapping[str, Any], text: str) -> dict[str, Any]:
    start, end = span["start"], span["end"]
    value = {"start": start, "end": end, "text": text[start:end], "labels": [span["label"]]}
    return {"id": f"s{number}", **_control("labels", value)}


def _relation(relation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": RELATION,
        "from_id": f"s{relation['head']}",
        "to_id": f"s{relation['tail']}",
        "direction": "right",
        "labels": [relation["label"]],
    }


def _value(kind: str, result: list[Any], data: Mapping[str, Any]) -> Value:
    if kind in ("spans", "relations"):
        return _marked(kind, result, data)
    values = [one["value"] for one in result if one.get("type") != RELATION]
    chosen = [label for value in values for label in value.get("choices", [])]
    if kind == "label_sets":
        return {"labels": chosen}
    if kind == "classes":
        (label,) = chosen
        return {"label": label}
    if kind == "rating":
        (value,) = values
        return {"score": value["rating"] if "rating" in value else value["number"]}
    if kind == "free_answer":
        (value,) = values
        text = value["text"]
        return {"text": text if isinstance(text, str) else "\n".join(text)}
    if chosen:
        return {"preferred": chosen[0]}
    (value,) = values
    return {"preferred": {side: name for name, side in _SIDES.items()}[value["selected"]]}


def _marked(kind: str, result: list[Any], data: Mapping[str, Any]) -> Value:
    regions = [one for one in result if "labels" in (one.get("value") or {})]
    number = {one.get("id"): i for i, one in enumerate(regions)}
    spans = [_span(one, data) for one in regions]
    if kind == "spans":
        return {"spans": spans}
    relations = []
    for one in result:
        if one.get("type") == RELATION:
            ends = [number[one["from_id"]], number[one["to_id"]]]
            head, tail = ends[::-1] if one.get("direction") == "left" else ends
            (label,) = one["labels"]
            relations.append({"head": head, "tail": tail, "label": label})
    return {"spans": spans, "relations": relations}


def _span(region: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    value = region["value"]
    text = data.get(str(region.get("to_name")), data.get("text"))
    if not isinstance(text, str):
        raise ValueError("the `data` of spans has no `text`")
    (label,) = value["labels"]
    start, end, said = value["start"], value["end"], value.get("text")
    if said is not None and text[start:end] != said:
        start, end = _characters(text, start), _characters(text, end)
        if text[start:end] != said:
            raise ValueError("a span's `text` is not what stands at its `start` and `end`")
    return {"start": start, "end": end, "label": label}


def _characters(text: str, units: int) -> int:
    """How many characters of a text are in its first UTF-16 units."""
    first = text.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return len(first.decode("utf-16-le", "ignore"))


def _what(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing or unknown"
    if isinstance(error, TypeError | AttributeError):
        return "a result of an unknown shape"
    if "unpack" in str(error):
        return "a result with none or several values, where one is asked for"
    return str(error)
