"""The audit as people read it: a page, and a few lines for a terminal."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from luthier.core.page import Language, number, percent, write_page
from luthier.evaluation.dynamics import Dynamics

DOTS = 3000
"""Rows drawn in the data map, chosen by chance where there are more; the page stays light."""
_RIGHT = (1 / 3, 2 / 3)

Dot = tuple[float, float]


def write_audit_page(
    found: Mapping[str, Any], dynamics: Dynamics | None, path: Path, *, language: Language
) -> Path:
    """Write the page that shows an audit.

    Args:
        found: the content of audit.json.
        dynamics: of the run, for the data map.
        path: of the file.
        language: of the page.

    Raises:
        UserError: the disk is full or may not be written.
    """
    return write_page(
        path,
        "evaluation/templates/audit.html",
        language=language,
        audit=found,
        map=[] if dynamics is None else data_map(dynamics),
    )


def data_map(dynamics: Dynamics) -> list[list[Dot]]:
    """(variability, confidence) of rows that were mostly right, sometimes right, mostly wrong."""
    drawn = np.random.Generator(np.random.PCG64(0)).permutation(len(dynamics))[:DOTS]
    level = np.digitize(dynamics.correctness[drawn], _RIGHT)
    dots = np.stack([dynamics.variability[drawn], dynamics.confidence[drawn]], axis=1)
    return [[(x, y) for x, y in dots[level == one].tolist()] for one in (2, 1, 0)]


def audit_lines(found: Mapping[str, Any], shown: int = 20) -> Iterator[str]:
    """What was found, the worst rows as a table, and what to do next."""
    share = found["suspected"] / found["rows"]
    yield f"{number(found['suspected'])} of {number(found['rows'])} rows ({percent(share)}) listed."
    yield from (f"  {reason}: {number(count)}" for reason, count in found["reasons"].items())
    labels, outliers = found["labels"], found["outliers"]
    if labels and labels["agreement"] is not None:
        left = found["rows"] - labels["judged"]
        yield (
            f"Models that had not seen them agree with {percent(labels['agreement'])} of the labels"
            f"{f'; {number(left)} rows could not be judged' if left else ''}."
        )
    if outliers["is_sampled"]:
        yield f"Outliers: compared with {number(outliers['compared_with'])} rows drawn by chance."
    for row in found["worst"][:shown]:
        told = " → ".join(one for one in (row["label"], row["suggested"]) if one)
        text = " ".join(row["text"].split())
        yield f"{row['score']:.3f}  {row['reason']:<18} {told or '–':<40} {text[:80]}"
    if found["suspected"]:
        listed = Path(found["path"]) / "suspected.jsonl"
        yield f"Ask people, blind: luthier annotate {found['source']} --task TASK --only {listed}"
