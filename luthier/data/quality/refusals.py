"""When data cannot be trained on, and what should make its owner look twice."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from luthier.core.errors import DataRefused
from luthier.data.quality.labels import Labels
from luthier.data.text.readable import counted, listed

Report = Mapping[str, Any]

IMBALANCE = 20
LOST_TOKENS = 0.01
REPEATED = 0.01
WIDE = 0.05
"""Half the width of an interval from which a test split is called small."""


@dataclass(slots=True)
class Findings:
    """What is known of the rows beyond the report; counted up while they pass.

    Attributes:
        labels: None where the rows have none.
        undecoded: rows that hold bytes which are not UTF-8.
        empty: rows without any text.
    """

    labels: Labels | None
    undecoded: int
    empty: int


def refuse(report: Report) -> None:
    """Refuse data with faults.

    Raises:
        DataRefused: with every fault and its remedy.
    """
    if report["faults"]:
        raise DataRefused(report["faults"])


def faults(report: Report, findings: Findings) -> list[str]:
    """Why no honest model can come from the data: a sentence each, with the remedy."""
    return [
        *_empty_splits(report),
        *_overlap(report),
        *_undecoded(findings),
        *_label_faults(findings),
    ]


def warnings(report: Report, findings: Findings) -> list[str]:
    """What its owner should know: a sentence each."""
    checks: list[Callable[[], Iterator[str]]] = [
        lambda: _case_variants(report),
        lambda: _conflicts(report),
        lambda: _imbalance(report),
        lambda: _truncation(report),
        lambda: _repeats(report),
        lambda: _left_out(report),
        lambda: _empty_texts(findings),
        lambda: _test_size(report),
    ]
    return [sentence for check in checks for sentence in check()]


def _empty_splits(report: Report) -> Iterator[str]:
    for name, split in report["splits"].items():
        if split["rows"]:
            continue
        if name == "train":
            yield (
                "There is not one training row. The steps of the report say what became of the "
                "rows; keep more of them, or hold out fewer with data.split."
            )
        else:
            yield (
                f"The {name} split is empty: {counted(report['rows'], 'row')} are too few for it. "
                f"Give more rows, raise data.split.{name}, or set it to 0 to do without."
            )


def _overlap(report: Report) -> Iterator[str]:
    for found in report["duplicates"]["across"]:
        total = found["exact"] + found["near"]
        if total:
            first, second = found["splits"]
            yield (
                f"Rows of {first} that repeat rows of {second}: {total:,}, {found['exact']:,} of "
                f"them exactly. A result on {second} would be too good; take them out of {first}."
            )


def _undecoded(findings: Findings) -> Iterator[str]:
    if findings.undecoded:
        yield (
            f"{counted(findings.undecoded, 'row')} with text that is not UTF-8: put fix_encoding "
            "first in data.clean."
        )


def _label_faults(findings: Findings) -> Iterator[str]:
    labels = findings.labels
    if labels is None:
        return
    if labels.missing:
        yield f"{counted(labels.missing, 'row')} without a label: fill it in, or take them out."
    if labels.nan:
        yield f"{counted(labels.nan, 'row')} with NaN as label: fill it in, or take them out."
    if labels.is_number:
        return
    yield from _unknown_labels(labels)
    if len(labels.total) == 1 and not labels.empty:
        yield (
            f"All rows have the label {listed(list(labels.total))}: nothing is to be told apart. "
            "Add rows of another label, or name the right column: columns: {label: ...}."
        )


def _unknown_labels(labels: Labels) -> Iterator[str]:
    known = labels.counts["train"]
    for split, counts in labels.counts.items():
        unknown = [label for label in counts if label not in known]
        if unknown:
            rows = sum(counts[label] for label in unknown)
            yield (
                f"No training row has the label {listed(unknown)} ({counted(rows, 'row')} of "
                f"{split}). Add training rows of it, take it out, or share the labels out evenly "
                "with data.split.stratify: true."
            )


def _case_variants(report: Report) -> Iterator[str]:
    for variants in report["labels"]["case_variants"] if report["labels"] else []:
        yield (
            f"The labels {listed(variants)} differ in case or spaces only, and count as "
            "different. Write them alike if they mean the same."
        )


def _conflicts(report: Report) -> Iterator[str]:
    found = report["conflicts"]
    if found["texts"]:
        yield (
            f"Equal texts with different labels: {counted(found['texts'], 'text')}, "
            f"{counted(found['rows'], 'row')}. No model can be right about all of them."
        )


def _imbalance(report: Report) -> Iterator[str]:
    if not report["labels"]:
        return
    counts = {k: n for k, n in report["labels"]["counts"]["train"].items() if n}
    if not counts:
        return
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    ratio = counts[most] / counts[least]
    if ratio > IMBALANCE:
        yield (
            f"Training has {ratio:,.0f} times as many rows of {listed([most])} as of "
            f"{listed([least])} ({counts[least]:,}). Accuracy will flatter; look at F1, and try "
            "class_weights: balanced."
        )


def _truncation(report: Report) -> Iterator[str]:
    lengths = report["lengths"]
    cut = lengths["truncated"]
    if cut and cut["tokens_share"] > LOST_TOKENS:
        yield (
            f"{cut['tokens_share']:.1%} of all tokens are cut off at {lengths['max_length']}, in "
            f"{counted(cut['rows'], 'row')}. 99 % of the rows would fit into "
            f"model.max_length: {lengths['percentiles']['p99']}."
        )


def _repeats(report: Report) -> Iterator[str]:
    for name, found in report["duplicates"]["within"].items():
        total, rows = found["exact"] + found["near"], report["splits"][name]["rows"]
        if total > REPEATED * rows:
            yield (
                f"Rows of {name} that repeat another of it: {total:,} ({total / rows:.1%}), "
                f"{found['exact']:,} of them exactly. drop_duplicates and drop_near_duplicates in "
                "data.clean leave one of each."
            )


def _left_out(report: Report) -> Iterator[str]:
    dropped: Counter[str] = Counter()
    for step in report["steps"]:
        if step["name"] == "split":
            dropped.update(step["dropped"])
    for reason, rows in dropped.items():
        yield f"Left out, so that the result stays honest: {counted(rows, 'row')} ({reason})."


def _empty_texts(findings: Findings) -> Iterator[str]:
    if findings.empty:
        yield f"{counted(findings.empty, 'row')} without any text."


def _test_size(report: Report) -> Iterator[str]:
    rows = report["splits"].get("test", {"rows": None})["rows"]
    if rows is None:
        yield "There is no test split, so nothing can be said about how good a model is."
    elif rows and (half := 1.96 * (0.25 / rows) ** 0.5) > WIDE:
        yield (
            f"The test split has {counted(rows, 'row')}: an accuracy measured on it is known to "
            f"about ±{100 * half:.0f} points (95 % interval)."
        )
