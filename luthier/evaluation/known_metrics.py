"""Metrics found again by the name that a report gives them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from luthier.core.registry import Menu
from luthier.scoring.answers import KINDS
from luthier.scoring.metric import Metric, Unit

_MENU = Menu("luthier.scoring.metrics")
_NUMBER = re.compile(r"\d{1,3}$")


@dataclass(frozen=True, slots=True)
class Scale:
    """How a metric is read: its unit, and whether more of it is better."""

    unit: Unit = "share"
    higher_is_better: bool = True


def metrics_by_name(
    kind: str, *, given: Mapping[str, Any] | None = None, number: int | None = None
) -> Mapping[str, Metric[Any]]:
    """Every metric that judges a kind of answers, by its name.

    Of an option with a few values, such as `average`, there is a metric for each.

    Args:
        kind: of the answers, as evaluation.json calls it.
        given: options of the task; one that a metric has too, such as `negative`, is passed on.
        number: what options that are numbers are set to, as k in `pass_at_k`.
    """
    found: dict[str, Metric[Any]] = {}
    for name in _MENU.names():
        if KINDS[kind] not in _MENU.get(name).judges:
            continue
        shared = {key: value for key, value in (given or {}).items() if _fits(name, {key: value})}
        for options in _variants(_MENU.schema(name), number):
            if _fits(name, shared | options):  # k may not be 0
                metric: Metric[Any] = _MENU.build({name: shared | options})
                found.setdefault(metric.name(), metric)
    return found


def _fits(name: str, options: Mapping[str, Any]) -> bool:
    return not _MENU.mistakes({name: dict(options)}, name)


def metric_named(
    name: str, kind: str, given: Mapping[str, Any] | None = None
) -> Metric[Any] | None:
    """The metric of that name, if there is one for this kind of answers; see `metrics_by_name`."""
    known = metrics_by_name(kind, given=given)
    number = _NUMBER.search(name)
    if name not in known and number:
        known = metrics_by_name(kind, given=given, number=int(number[0]))
    return known.get(name)


def scales_of(names: Iterable[str]) -> dict[str, Scale]:
    """How the metrics of these names are read; one that is not on the menu is taken for a share.

    A name means the same for every kind of answers, and whatever the k of `pass_at_k`.
    """
    known = _scales()
    return {name: known.get(name) or known.get(_NUMBER.sub("1", name), Scale()) for name in names}


@cache
def _scales() -> Mapping[str, Scale]:
    return {
        name: Scale(metric.unit, metric.higher_is_better)
        for kind in KINDS
        for name, metric in metrics_by_name(kind).items()
    }


def _variants(options: type[BaseModel], number: int | None) -> Iterator[dict[str, Any]]:
    """The defaults, then each option by itself set to each value it may have."""
    yield {}
    for name, field in options.model_fields.items():
        if field.annotation is int and number is not None:
            yield {name: number}
        yield from ({name: value} for value in _values(field.annotation))


def _values(annotation: Any) -> Iterator[Any]:
    """What a Literal, or a union of them, allows."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _values(part)
