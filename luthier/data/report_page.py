"""The data report as people read it: a page, the same as a part of a run's report, a few lines."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from luthier.core.page import Language, number, percent, write_page

Report = Mapping[str, Any]
"""The content of data/report.json."""

SHOWN_LABELS = 500
"""On a page; with more the labels are no classes any more, and the page would be slow to open."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label: its rows in each split, in the order of the splits, and its share of all rows."""

    label: str
    counts: list[int]
    share: float


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """What one step did to the number of rows.

    Attributes:
        name: of the step; None for what was collected.
        rows: after it.
        change: less or more than before.
        why: reason -> rows left out.
        before: rows before it, as a share of the most there ever were.
        after: likewise, after it.
    """

    name: str | None
    rows: int
    change: int
    why: Mapping[str, int]
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class DataView:
    """What the template `data/templates/sections.html` shows.

    Attributes:
        report: all of it.
        label_rows: the most frequent labels, by falling frequency.
        label_count: how many labels there are.
        funnel: the steps from the rows collected to those that are left.
    """

    report: Report
    label_rows: list[LabelRow]
    label_count: int
    funnel: list[FunnelRow]


def write_data_report(report: Report, path: Path, *, language: Language) -> Path:
    """Write the page that shows a data report.

    Raises:
        UserError: the disk is full or may not be written.
    """
    view = data_view(report)
    return write_page(path, "data/templates/report.html", language=language, view=view)


def data_view(report: Report) -> DataView:
    """The report with its labels by falling frequency."""
    labels = report["labels"]
    rows = _label_rows(labels["counts"]) if labels else []
    return DataView(report, rows[:SHOWN_LABELS], len(rows), _funnel(report))


def summarise(report: Report) -> list[str]:
    """The report in a few lines for a terminal: rows, labels, lengths, repeats, warnings."""
    lines = [f"{number(report['rows'])} rows: {_split_sizes(report)}."]
    lines += [
        f"{step['name']}: {number(step['rows_in'])} -> {number(step['rows_out'])} rows, "
        f"{number(step['changed'])} changed{_reasons(step['dropped'])}."
        for step in report["steps"]
    ]
    lines += [
        f"{step['name']}: {number(step['added'])} rows added, made of "
        f"{number(step['chosen'])} training rows{_left_out(step['left_out'])}."
        for step in report.get("augment", [])
    ]
    if report["labels"]:
        lines.append(_labels_line(_label_rows(report["labels"]["counts"])))
    if report["lengths"]:
        lines.append(_lengths_line(report["lengths"]))
    lines += [
        f"{' and '.join(found['splits'])} share {number(found['exact'])} exact and "
        f"{number(found['near'])} near-duplicates."
        for found in report["duplicates"]["across"]
        if found["exact"] or found["near"]
    ]
    return lines + [f"Warning: {sentence}" for sentence in report["warnings"]]


def _label_rows(counts: Mapping[str, Mapping[str, int]]) -> list[LabelRow]:
    totals: Counter[str] = Counter()
    for split in counts.values():
        totals.update(split)
    return [
        LabelRow(label, [split.get(label, 0) for split in counts.values()], n / totals.total())
        for label, n in totals.most_common()
    ]


def _funnel(report: Report) -> list[FunnelRow]:
    """What was collected, then each step by what it left, then what augmenters added."""
    steps, augment = report["steps"], report.get("augment", [])
    counts = [steps[0]["rows_in"] if steps else report["rows"]]
    counts += [step["rows_out"] for step in steps]
    for step in augment:
        counts.append(counts[-1] + step["added"])
    whys = [{}, *(step["dropped"] for step in steps), *({} for _ in augment)]
    names = [None, *(step["name"] for step in [*steps, *augment])]
    most = max(1, *counts)
    return [
        FunnelRow(name, rows, rows - before, why, before / most, rows / most)
        for name, rows, before, why in zip(names, counts, [counts[0], *counts], whys, strict=False)
    ]


def _split_sizes(report: Report) -> str:
    return ", ".join(f"{number(split['rows'])} {name}" for name, split in report["splits"].items())


def _reasons(dropped: Mapping[str, int]) -> str:
    if not dropped:
        return ""
    told = ", ".join(f"{reason} {number(count)}" for reason, count in dropped.items())
    return f", dropped: {told}"


def _left_out(reasons: Mapping[str, int]) -> str:
    told = ", ".join(f"{reason} {number(count)}" for reason, count in reasons.items())
    return f"; left out: {told}" if told else ""


def _labels_line(rows: list[LabelRow], shown: int = 5) -> str:
    told = ", ".join(f"{row.label} {percent(row.share)}" for row in rows[:shown])
    more = f", and {len(rows) - shown} more" if len(rows) > shown else ""
    return f"{len(rows)} labels: {told}{more}."


def _lengths_line(lengths: Mapping[str, Any]) -> str:
    at = lengths["percentiles"]
    line = (
        f"Lengths in {lengths['unit']}: median {number(at['p50'])}, 95% up to {number(at['p95'])}, "
        f"longest {number(at['max'])}"
    )
    cut = lengths["truncated"]
    if cut and cut["rows"]:
        line += (
            f"; {number(cut['rows'])} rows ({percent(cut['rows_share'])}) are cut off at "
            f"{number(lengths['max_length'])} tokens"
        )
    return f"{line}."
