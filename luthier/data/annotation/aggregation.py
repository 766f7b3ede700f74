"""One answer out of several people's: for each item the likeliest, and how good each person is."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from luthier.data.annotation.crowd import Method, Shares, Vote, posteriors
from luthier.data.annotation.item import Answer
from luthier.data.annotation.kind import Compound, Kind, Value

YES, NO = "yes", "no"
_EVEN = 1e-9


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the people say together about an item.

    Attributes:
        value: the answer; None where two are equally likely, and somebody has to decide.
        share: how likely it is, 0 to 1; of a set, its least certain part.
        answers: how many people answered.
    """

    value: Value | None
    share: float
    answers: int


@dataclass(frozen=True, slots=True)
class Aggregated:
    """What came of all answers.

    Attributes:
        verdicts: item -> what the people say together.
        skills: person -> how likely their answers are on average, given everybody's.
    """

    verdicts: dict[str, Verdict]
    skills: dict[str, float]


def aggregate(answers: Sequence[Answer], kind: Kind, method: Method = "majority") -> Aggregated:
    """Make one answer out of several.

    Of ratings `majority` takes the mean. Sets (labels, spans, relations) are decided part by part:
    a part is in if it is likelier in than out. Texts are always decided by majority.

    Args:
        answers: everybody's.
        kind: what was asked.
        method: by what model.

    Raises:
        UserError: the method needs crowd-kit, which is not installed.
    """
    said = [answer for answer in answers if answer.value is not None]
    if isinstance(kind, Compound):
        return _parts(said, kind, method)
    if kind.level in ("ordinal", "interval") and method == "majority":
        return _means(said, kind)
    return _single(said, kind, "majority" if kind.level == "words" else method)


def _single(answers: Sequence[Answer], kind: Kind, method: Method) -> Aggregated:
    values: dict[str, Value] = {}
    votes: list[Vote] = []
    codes: dict[Hashable, str] = {}
    for answer, value in _said(answers):
        code = codes.setdefault(kind.unit(value), str(len(codes)))
        values.setdefault(code, value)
        votes.append((answer.item, answer.by, code))
    shares, counts = posteriors(votes, method), _counts(answers)
    verdicts = {}
    for item, likely in shares.items():
        best = max(likely, key=lambda code: (likely[code], -int(code)))
        is_even = sum(share > likely[best] - _EVEN for share in likely.values()) > 1
        value = values[best]
        verdicts[item] = Verdict(None if is_even else value, likely[best], counts[item])
    return Aggregated(verdicts, _skills(votes, shares))


def _means(answers: Sequence[Answer], kind: Kind) -> Aggregated:
    by_item: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_item[answer.item].append(answer)
    verdicts = {}
    nearness: dict[str, list[float]] = defaultdict(list)
    for item, given in by_item.items():
        scores = [value["score"] for _, value in _said(given)]
        mean = sum(scores) / len(scores)
        verdict: Value = {"score": int(mean) if mean == int(mean) else mean}
        near = [1 - kind.distance(value, verdict) for _, value in _said(given)]
        verdicts[item] = Verdict(verdict, sum(near) / len(near), len(given))
        for answer, one in zip(given, near, strict=True):
            nearness[answer.by].append(one)
    return Aggregated(verdicts, {by: sum(near) / len(near) for by, near in nearness.items()})


def _parts(answers: Sequence[Answer], kind: Compound, method: Method) -> Aggregated:
    """Every part that anybody named is a question of its own: is it in?"""
    candidates: dict[str, dict[Hashable, None]] = defaultdict(dict)
    said = [(answer, kind.parts(value)) for answer, value in _said(answers)]
    for answer, parts in said:
        candidates[answer.item].update(dict.fromkeys(sorted(parts, key=repr)))
    # Labels of a set are few and each asked of every item: people err on each in their own way.
    groups: dict[str, list[Vote]] = defaultdict(list)
    names: dict[str, tuple[str, Hashable]] = {}
    number = {item: {part: i for i, part in enumerate(p)} for item, p in candidates.items()}
    every = dict.fromkeys(kind.labels) if kind.level == "sets" else None
    for answer, parts in said:
        for part in every or candidates[answer.item]:
            group = str(part) if every else ""
            name = f"{answer.item} {part if every else number[answer.item][part]}"
            names[name] = answer.item, part
            groups[group].append((name, answer.by, YES if part in parts else NO))
    shares: Shares = {}
    for votes in groups.values():
        shares |= posteriors(votes, method)
    verdicts = _wholes(shares, names, kind, _counts(answers))
    return Aggregated(verdicts, _skills([v for votes in groups.values() for v in votes], shares))


def _wholes(
    shares: Shares,
    names: Mapping[str, tuple[str, Hashable]],
    kind: Compound,
    counts: Mapping[str, int],
) -> dict[str, Verdict]:
    likely: dict[str, list[tuple[float, Hashable]]] = {item: [] for item in counts}
    for name, share in shares.items():
        item, part = names[name]
        likely[item].append((share.get(YES, 0.0), part))
    verdicts = {}
    for item, found in likely.items():
        found.sort(key=lambda pair: -pair[0])
        inside = [part for share, part in found if share > 0.5]
        sure = min((max(share, 1 - share) for share, _ in found), default=1.0)
        whole = kind.whole(inside)
        is_even = abs(sure - 0.5) < _EVEN
        verdicts[item] = Verdict(None if is_even else whole, sure, counts[item])
    return verdicts


def _said(answers: Sequence[Answer]) -> Iterator[tuple[Answer, Value]]:
    return ((answer, answer.value) for answer in answers if answer.value is not None)


def _counts(answers: Sequence[Answer]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for answer in answers:
        counts[answer.item] += 1
    return counts


def _skills(votes: Sequence[Vote], shares: Shares) -> dict[str, float]:
    likely: dict[str, list[float]] = defaultdict(list)
    for item, by, label in votes:
        likely[by].append(shares[item].get(label, 0.0))
    return {by: sum(given) / len(given) for by, given in likely.items()}
