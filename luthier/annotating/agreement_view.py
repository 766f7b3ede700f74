"""What the page about agreement shows: people, coefficients, labels that are mixed up."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from luthier.core.axes import Axis
from luthier.data.annotation.agreement import Agreement, Estimate, agreement
from luthier.data.annotation.item import Answer, Progress
from luthier.data.annotation.kind import Kind
from luthier.data.annotation.project import Project

SHOWN = 10
"""Pairs of labels that are mixed up most often."""
MAP_LABELS = range(5, 101)
"""A map of fewer says no more than the table; of more, its cells could not be told apart."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person.

    Attributes:
        name: who.
        answers: how many present answers they have.
        share: of all answers.
        seconds: the median time they took; None if nobody measured.
        gold: share of the known items they answered rightly; None if they met none.
    """

    name: str
    answers: int
    share: float
    seconds: float | None
    gold: float | None


@dataclass(frozen=True, slots=True)
class Mixed:
    """Two labels, and how often two people gave the one and the other to the same item."""

    first: str
    second: str
    count: int


@dataclass(frozen=True, slots=True)
class AgreementView:
    """What the template `agreement.html` shows.

    Attributes:
        progress: how far the project is.
        agreement: the coefficients.
        estimates: those that say something, by the name the template knows.
        axis: of their chart.
        people: by falling number of answers.
        labels: of the map of pairs of answers; empty if there is none.
        counts: (labels, labels): how often two people said this and that, in both orders.
        mixed: the pairs of labels that differ most often.
    """

    progress: Progress
    agreement: Agreement
    estimates: dict[str, Estimate]
    axis: Axis
    people: list[PersonRow]
    labels: Sequence[str]
    counts: list[list[int]]
    mixed: list[Mixed]


def agreement_view(project: Project) -> AgreementView:
    """Measure agreement as it is now."""
    answers = project.answers()
    found = agreement(answers, project.kind)
    progress = project.progress()
    pairs = _pairs_of_labels(answers, project.kind)
    estimates = {
        name: estimate
        for name in ("observed", "alpha", "fleiss", "f1")
        if (estimate := getattr(found, name)) is not None
    }
    low = min((one.low for one in estimates.values()), default=0.0)
    labels = project.kind.labels if pairs and len(project.kind.labels) in MAP_LABELS else []
    return AgreementView(
        progress=progress,
        agreement=found,
        estimates=estimates,
        axis=Axis.over([min(0.0, low), 1.0]),
        people=_people(project, answers, progress),
        labels=labels,
        counts=[[pairs[a, b] + (a != b) * pairs[b, a] for b in labels] for a in labels],
        mixed=_mixed(pairs),
    )


def _people(project: Project, answers: Sequence[Answer], progress: Progress) -> list[PersonRow]:
    seconds: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        if answer.seconds is not None:
            seconds[answer.by].append(answer.seconds)
    rows = [
        PersonRow(
            name=name,
            answers=count,
            share=count / max(1, progress.answers),
            seconds=median(seconds[name]) if seconds[name] else None,
            gold=project.progress(name).gold,
        )
        for name, count in progress.by.items()
    ]
    return sorted(rows, key=lambda row: -row.answers)


def _pairs_of_labels(answers: Sequence[Answer], kind: Kind) -> Counter[tuple[str, str]]:
    """How often two people said this and that of one item; nothing where answers are not one label.

    Each pair of answers is counted once, in the order of the labels.
    """
    if kind.level not in ("nominal", "ordinal") or not kind.labels:
        return Counter()
    place = {label: number for number, label in enumerate(kind.labels)}
    said: dict[str, list[str]] = defaultdict(list)
    for answer in answers:
        if answer.value is not None:
            said[answer.item] += kind.labels_in(answer.value)
    return Counter(
        (first, second) if place[first] <= place[second] else (second, first)
        for labels in said.values()
        for first, second in combinations(labels, 2)
    )


def _mixed(pairs: Counter[tuple[str, str]]) -> list[Mixed]:
    unequal = ((pair, count) for pair, count in pairs.most_common() if pair[0] != pair[1])
    return [Mixed(*pair, count) for pair, count in unequal][:SHOWN]
