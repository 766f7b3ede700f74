"""The data report: what is in a dataset, what is strange about it, and what is wrong."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.core.records import Row
from luthier.data.dataset import Dataset
from luthier.data.duplicates.shingles import CONTENT, text_of
from luthier.data.quality.labels import Conflicts, Labels
from luthier.data.quality.lengths import CountTokens, Lengths
from luthier.data.quality.refusals import Findings, faults, warnings
from luthier.data.storage.columns import is_utf8
from luthier.data.text.readable import clip, readable

_SHOWN = 50


def profile(
    dataset: Dataset,
    *,
    max_length: int | None = None,
    count_tokens: CountTokens | None = None,
    label_field: str = "label",
) -> dict[str, Any]:
    """Look at every row once and write down what report.json tells.

    Args:
        dataset: the rows, in splits.
        max_length: tokens a row may have; what goes beyond is counted as cut off.
        count_tokens: the tokenizer of the model to be; without it characters are counted.
        label_field: the field that is to be learned, if the rows have it.
    """
    labels = Labels(dataset.splits) if label_field in dataset.fields else None
    conflicts, lengths = Conflicts(), Lengths(max_length, count_tokens)
    undecoded = empty = 0
    for split in dataset.splits:
        for batch in dataset.field_batches(split, [*CONTENT, label_field]):
            texts = [text_of(fields) for fields in batch]
            lengths.add(texts)
            undecoded += sum(not is_utf8(text) for text in texts)
            empty += sum(not text or text.isspace() for text in texts)
            if labels is not None:
                given = [fields.get(label_field) for fields in batch]
                labels.add(split, given)
                conflicts.add(texts, given)
    report = _opening(dataset) | {
        "labels": labels and labels.report(label_field),
        "conflicts": _conflicts(dataset, conflicts, label_field),
        "lengths": lengths.report(),
        "duplicates": dataset.manifest.duplicates,
        "steps": dataset.manifest.made.steps,
    }
    findings = Findings(labels, undecoded, empty)
    report["warnings"] = warnings(report, findings)
    report["faults"] = faults(report, findings)
    return report


def _opening(dataset: Dataset) -> dict[str, Any]:
    made = dataset.manifest.made
    return {
        "source": made.sources,
        "recognised": made.recognised,
        "rows": len(dataset),
        "splits": {split: {"rows": dataset.num_rows(split)} for split in dataset.splits},
    }


def _conflicts(dataset: Dataset, conflicts: Conflicts, label_field: str) -> dict[str, Any]:
    found = conflicts.find()
    examples = [_conflict(dataset, rows, label_field) for rows in found.examples]
    return {"texts": found.texts, "rows": found.rows, "examples": examples}


def _conflict(dataset: Dataset, numbers: NDArray[np.int64], label_field: str) -> dict[str, Any]:
    rows = _rows(dataset, numbers[:_SHOWN].tolist())
    labels = {readable(_told(row.get(label_field))): None for row in rows}
    return {"text": clip(text_of(rows[0].fields)), "labels": list(labels)}


def _told(label: Any) -> str:
    return ", ".join(map(str, label)) if isinstance(label, list) else str(label)


def _rows(dataset: Dataset, numbers: Sequence[int]) -> list[Row]:
    """Rows by their number over all splits."""
    rows, start = [], 0
    for split in dataset.splits:
        end = start + dataset.num_rows(split)
        rows += dataset.take(split, [n - start for n in numbers if start <= n < end])
        start = end
    return rows
