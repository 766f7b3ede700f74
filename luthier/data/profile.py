"""The data report: what is in a dataset, what is strange about it, and what is wrong."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.dataset import Dataset
from luthier.data.duplicates.groups import GroupReport, Groups
from luthier.data.duplicates.shingles import CONTENT, text_of
from luthier.data.lent import Embeds, Models
from luthier.data.licences import origins_of
from luthier.data.personal.titles import personal_data
from luthier.data.quality.label_samples import LabelSamples
from luthier.data.quality.labels import Conflicts, Labels
from luthier.data.quality.languages import languages
from luthier.data.quality.lengths import CountTokens, Lengths
from luthier.data.quality.measures import quality
from luthier.data.quality.refusals import Findings, faults, warnings
from luthier.data.quality.sample import Sample
from luthier.data.storage.columns import is_utf8
from luthier.data.text.readable import clip, readable
from luthier.data.topics.topic_map import topic_map

_SHOWN = 50
_MAP_TOKENS = 256


def profile(
    dataset: Dataset,
    *,
    max_length: int | None = None,
    count_tokens: CountTokens | None = None,
    label_field: str = "label",
    groups: Groups | None = None,
    map_model: str | None = None,
    models: Models | None = None,
) -> dict[str, Any]:
    """Look at every row once and write down what report.json tells.

    Args:
        dataset: the rows, in splits.
        max_length: tokens a row may have; what goes beyond is counted as cut off.
        count_tokens: the tokenizer of the model to be; without it characters are counted.
        label_field: the field that is to be learned, if the rows have it.
        groups: of rows that repeat one another; without them the report says nothing of groups.
        map_model: whose vectors the map of topics is drawn by; else TF-IDF.
        models: opens it.

    Raises:
        UserError: there is no such model.
    """
    embed = _embeds(map_model, models)
    is_labelled = label_field in dataset.fields
    looking = _Looking(dataset.splits, Lengths(max_length, count_tokens), is_labelled, groups)
    for split in dataset.splits:
        for batch in dataset.field_batches(split, [*CONTENT, label_field]):
            given = [fields.get(label_field) for fields in batch]
            looking.add(split, [text_of(fields) for fields in batch], given)
    made = dataset.manifest.made
    report = (
        _opening(dataset)
        | looking.report(dataset, label_field)
        | {
            "duplicates": dataset.manifest.duplicates,
            "steps": made.steps,
            "augment": made.augment,
            "personal": personal_data(made.steps),
            "topics": topic_map(looking.sample.rows(), made.seed, map_model, embed),
            "origins": origins_of(made.data),
            "repeat": {"data": made.data, "run": {"seed": made.seed}},
        }
    )
    report["warnings"] = warnings(report, looking.findings)
    report["faults"] = faults(report, looking.findings)
    return report


class _Looking:
    """All that is found out about rows while they pass once."""

    def __init__(
        self, splits: Sequence[str], lengths: Lengths, is_labelled: bool, groups: Groups | None
    ):
        self.findings = Findings(Labels(splits) if is_labelled else None, undecoded=0, empty=0)
        self.sample = Sample()
        self._conflicts, self._lengths = Conflicts(), lengths
        self._samples = LabelSamples()
        self._groups = None if groups is None else GroupReport(groups)

    def add(self, split: str, texts: Sequence[str], labels: Sequence[Any]) -> None:
        found = self.findings
        found.undecoded += sum(not is_utf8(text) for text in texts)
        found.empty += sum(not text or text.isspace() for text in texts)
        if found.labels is not None:
            found.labels.add(split, labels)
            self._conflicts.add(texts, labels)
        self._lengths.add(texts)
        self._samples.add(texts, labels)
        self.sample.add(split, texts, labels)
        if self._groups is not None:
            self._groups.add(split, texts, labels)

    def report(self, dataset: Dataset, label_field: str) -> dict[str, Any]:
        labels = self.findings.labels and self.findings.labels.report(label_field)
        texts = [readable(row.text) for row in self.sample.rows()]
        return {
            "labels": labels,
            "conflicts": _conflicts(dataset, self._conflicts, label_field),
            "lengths": self._lengths.report(),
            "languages": languages(texts),
            "quality": quality(texts),
            "samples": self._samples.report(by_label=labels is not None),
            "groups": self._groups and self._groups.report(),
        }


def _embeds(map_model: str | None, models: Models | None) -> Embeds | None:
    if map_model is None:
        return None
    if models is None:
        raise UserError(
            "run.map_model: names a model, and nobody lends one. Use `luthier prepare`, or hand "
            "`prepare` its `models`, such as `luthier.evaluation.lending.Lender()`."
        )
    return models.vectors(map_model, _MAP_TOKENS)


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
