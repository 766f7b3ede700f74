"""README.md of a dataset folder: the data card, with the metadata block that the Hub reads."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from huggingface_hub import DatasetCardData

from luthier.core.page import Language, write_page
from luthier.data.licences import hub_licence
from luthier.data.storage.columns import column
from luthier.data.storage.manifest import Manifest

Report = Mapping[str, Any]
"""The content of report.json."""

_SIZES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")
_KNOWN = 0.02
"""The share of rows from which a language that was found is told."""
_TASKS = (
    (("tokens", "tags"), "token-classification"),
    (("question", "context"), "question-answering"),
    (("text", "text_pair", "score"), "sentence-similarity"),
    (("anchor", "positive"), "sentence-similarity"),
    (("text", "label"), "text-classification"),
    (("text", "score"), "text-classification"),
    (("messages",), "text-generation"),
    (("prompt",), "text-generation"),
    (("text",), "text-generation"),
)
"""What rows of some fields serve for, by the Hub's names; the first that fits."""


def write_data_card(manifest: Manifest, report: Report, path: Path, *, language: Language) -> Path:
    """Write the card of a dataset folder.

    Its `configs` name the Parquet files of each split that has rows, so that
    `datasets.load_dataset` reads the folder as it is.

    Args:
        manifest: of the folder.
        report: the content of its report.json.
        path: the file to write.
        language: of the text; the metadata block tells those of the data.

    Raises:
        UserError: the disk is full or may not be written.
    """
    return write_page(
        path,
        "data/templates/card.md",
        language=language,
        metadata=card_metadata(manifest, report).to_yaml(),
        name=_name(report["origins"]),
        report=report,
        columns=[(column(field), kind) for field, kind in manifest.fields.items()],
    )


def card_metadata(manifest: Manifest, report: Report) -> DatasetCardData:
    """What the Hub is told about a dataset."""
    origins = report["origins"]
    configs = [
        {"split": split, "path": f"{split}/*.parquet"}
        for split, found in manifest.splits.items()
        if found.rows
    ]
    return DatasetCardData(
        language=_languages(report) or None,
        license=sorted({hub_licence(origin["licence"]) for origin in origins}) or None,
        task_categories=_tasks(manifest.fields) or None,
        size_categories=_size(report["rows"]),
        source_datasets=_sources(origins),
        pretty_name=_name(origins),
        tags=["luthier"],
        configs=[{"config_name": "default", "data_files": configs}] if configs else None,
    )


def _name(origins: Sequence[Mapping[str, Any]]) -> str:
    """What a dataset is called: as its first source, so that equal data has equal cards."""
    if not origins:
        return "dataset"
    first = Path(origins[0]["source"].removeprefix("catalog:")).stem
    return first if len(origins) == 1 else f"{first} and {len(origins) - 1} more"


def _languages(report: Report) -> list[str]:
    """Those found in the rows; where nobody looked, those that the catalog tells."""
    found = report["languages"]
    told = [
        code
        for code, rows in found["counts"].items()
        if code != "unknown" and rows >= _KNOWN * found["rows"]
    ]
    return told or sorted({code for origin in report["origins"] for code in origin["languages"]})


def _tasks(fields: Mapping[str, Any]) -> list[str]:
    return next(([task] for needed, task in _TASKS if set(needed) <= set(fields)), [])


def _size(rows: int) -> str:
    """The Hub's name for so many rows, such as `10K<n<100K`."""
    power = max(0, len(str(rows)) - 3)
    if power == 0:
        return "n<1K"
    return f"{_SIZES[power - 1]}<n<{_SIZES[power]}" if power < len(_SIZES) else "n>1T"


def _sources(origins: Sequence[Mapping[str, Any]]) -> list[str]:
    """Ids of hub data sets, names of catalog entries, and `original` for all that is one's own."""
    named = [
        origin["hub"]
        or (
            f"extended|other-{origin['source'].removeprefix('catalog:')}"
            if origin["package"]
            else "original"
        )
        for origin in origins
    ]
    return list(dict.fromkeys(named))
