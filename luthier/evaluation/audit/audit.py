"""The verb `audit`: find the rows that somebody should look at again, the worst first."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from luthier.core.errors import UserError, silent
from luthier.core.files import write_json
from luthier.core.page import Language
from luthier.data.annotation.suspects import NAME as SUSPECTED
from luthier.data.annotation.suspects import Suspect, write_suspects
from luthier.data.duplicates.shingles import text_of
from luthier.data.text.readable import clip
from luthier.evaluation.audit.conflicts import find_conflicts
from luthier.evaluation.audit.gather import Gathered, gather
from luthier.evaluation.audit.label_errors import FOLDS, LEARNT, LabelErrors, find_label_errors
from luthier.evaluation.audit.outliers import Outliers, find_outliers
from luthier.evaluation.audit.page import write_audit_page
from luthier.evaluation.audit.subject import Subject, open_subject
from luthier.evaluation.audit.suspicion import Evidence, Suspicion, weigh
from luthier.evaluation.dynamics import Dynamics
from luthier.evaluation.mean_vectors import MeanVectors

SHOWN = 200
"""Rows that audit.json and the page show; suspected.jsonl has all."""
_TEXT = 1000  # characters shown of a row

Say = Callable[[str], None]


def audit(
    subject: Path | str,
    *,
    model: str | None = None,
    output: Path | None = None,
    share: float | None = None,
    language: Language = "en",
    say: Say = silent,
) -> dict[str, Any]:
    """Find suspected label errors, conflicting labels and outliers.

    Writes `suspected.jsonl` (all suspects, the worst first, for `luthier annotate --only`),
    `audit.json` and `audit.html`.

    Args:
        subject: a run folder, a dataset folder, or any source of rows.
        model: the frozen model whose features the rows are judged by; else the run's own base, or
            catalog:minilm.
        output: where to write; else the run's `audit`, the dataset itself, or beside the source.
        share: list this share of all rows, instead of those that something speaks against.
        language: of the page.
        say: takes lines for people.

    Returns:
        the content of audit.json.

    Raises:
        UserError: there are no such rows or model, or cleanlab is not installed.
    """
    opened = open_subject(str(subject))
    folder = output or opened.output
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}: a file stands where a folder is needed.")
    vectors = MeanVectors(model or opened.model, opened.max_length)
    with TemporaryDirectory() as scratch:
        gathered = gather(opened, vectors, Path(scratch), say)
        evidence = _search(gathered, opened.dynamics, say)
        suspicion = weigh(gathered, evidence)
        worst = suspicion.worst(share).tolist()
        write_suspects(folder / SUSPECTED, _suspects(worst, gathered, suspicion))
        found: dict[str, Any] = {
            "subject": opened.name,
            "source": opened.source,
            "model": model or opened.model,
            "rows": len(gathered),
            "suspected": len(worst),
            "reasons": suspicion.counts(),
            "labels": _labels(gathered, evidence.errors),
            "outliers": _outliers(evidence.outliers, len(gathered)),
            "dynamics": _dynamics(opened.dynamics),
            "worst": _shown(opened, worst[:SHOWN], gathered, suspicion),
            "path": str(folder),
        }
    write_json(folder / "audit.json", found)
    write_audit_page(found, opened.dynamics, folder / "audit.html", language=language)
    return found


def _search(gathered: Gathered, dynamics: Dynamics | None, say: Say) -> Evidence:
    labels = gathered.labels
    errors = conflicts = None
    if labels.kind != "none":
        conflicts = find_conflicts(gathered.repeats, labels.codes)
        say(f"Judging {len(gathered):,} labels by {FOLDS} models that have not seen them.")
        errors = find_label_errors(gathered.features, labels, conflicts.groups)
    return Evidence(errors, conflicts, find_outliers(gathered.features), dynamics)


def _suspects(rows: Iterable[int], gathered: Gathered, suspicion: Suspicion) -> Iterable[Suspect]:
    labels = gathered.labels
    for row in rows:
        label, suggested = labels.told(int(labels.codes[row])), suspicion.suggest(row)
        yield Suspect(
            id=gathered.ids[row].decode(),
            score=round(float(suspicion.scores[row]), 6),
            reason=suspicion.reason(row),
            label=label,
            suggested=None if suggested == label else suggested,
        )


def _shown(
    subject: Subject, rows: list[int], gathered: Gathered, suspicion: Suspicion
) -> list[dict[str, Any]]:
    """The worst rows with what they say, read in one more pass."""
    wanted = set(rows)
    said: Mapping[int, dict[str, Any]] = {
        number: {"split": split, "text": clip(text_of(row.fields), width=_TEXT)}
        for number, (split, row) in enumerate(subject.rows())
        if number in wanted
    }
    suspects = _suspects(rows, gathered, suspicion)
    return [
        {
            "id": one.id,
            "score": one.score,
            "reason": one.reason,
            "label": one.label,
            "suggested": one.suggested,
            **said[row],
        }
        for row, one in zip(rows, suspects, strict=True)
    ]


def _labels(gathered: Gathered, errors: LabelErrors | None) -> dict[str, Any] | None:
    if errors is None:
        return None
    return {
        "kind": gathered.labels.kind,
        "count": len(gathered.labels.names),
        "judged": int(errors.judged.sum()),
        "agreement": errors.agreement,
        "folds": FOLDS,
        "learnt_at_most": LEARNT,
    }


def _outliers(outliers: Outliers, rows: int) -> dict[str, Any]:
    return {
        "fence": outliers.fence,
        "compared_with": outliers.compared_with,
        "is_sampled": outliers.compared_with < rows,
    }


def _dynamics(dynamics: Dynamics | None) -> dict[str, Any] | None:
    if dynamics is None:
        return None
    return {
        "rows": len(dynamics),
        "never_right": int((dynamics.correctness == 0).sum()),
        "ever_forgotten": int((dynamics.forgetting > 0).sum()),
        "confidence": float(np.mean(dynamics.confidence)),
        "variability": float(np.mean(dynamics.variability)),
    }
