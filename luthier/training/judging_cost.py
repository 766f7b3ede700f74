"""What judging a run will cost: the tuned model's answers, and those of what it has to beat."""

import time
from collections.abc import Mapping
from itertools import islice

import numpy as np

from luthier.evaluation.baselines.base_model import BaseModel
from luthier.evaluation.baselines.tfidf import Tfidf
from luthier.evaluation.classifier import Lesson, texts_of
from luthier.evaluation.linear import Kind, Wanted
from luthier.training.setup import Job

_TFIDF_ROWS = 400
_WRITTEN_ROWS = 8
_TFIDF_BYTES_PER_TOKEN = 60
"""A word and a word pair, each an index and a weight of 12 bytes, held twice while they are made,
and the text itself."""
_HOLD_A_MODEL = ("untuned", "base_model")
_HOLD_WORDS = ("tfidf", "nearest")


def judging_seconds(job: Job, forward: Mapping[str, float]) -> float:
    """Seconds until a trained model is judged.

    Args:
        job: with a model that may be asked.
        forward: seconds of one pass over each split.
    """
    asking = forward["test"] + _writing_seconds(job)
    seconds = asking
    if job.model.task.needs_calibration:
        seconds += forward.get("validation", 0.0)
    for name in job.model.task.baselines:
        if name == "untuned":
            seconds += asking
        elif name == "base_model":
            rows = len(job.splits["train"])
            used = min(rows, BaseModel().max_rows) / rows
            seconds += forward["test"] + used * forward["train"]
        elif name == "tfidf":
            seconds += _tfidf_seconds(job)
    return seconds


def judging_bytes(job: Job) -> int:
    """What judging holds beside the tuned model: the untuned one, and the words of all rows."""
    named = job.model.task.baselines
    held = 0
    if any(name in named for name in _HOLD_A_MODEL):
        held += sum(p.numel() * p.element_size() for p in job.model.network.parameters())
    if any(name in named for name in _HOLD_WORDS):
        held += _TFIDF_BYTES_PER_TOKEN * job.splits["train"].truncation.total_tokens
    return held


def _writing_seconds(job: Job) -> float:
    """A few rows answered in writing, scaled up; 0 where nothing is written."""
    few = job.model.encode(islice(job.dataset.rows("test"), _WRITTEN_ROWS))
    start = time.perf_counter()
    replies = job.model.replies(few)
    spent = time.perf_counter() - start
    return 0.0 if replies is None else spent * len(job.splits["test"]) / len(few)


def _tfidf_seconds(job: Job) -> float:
    """The TF-IDF baseline on a few rows, scaled up: its cost is linear in the text."""
    rows = list(islice(job.dataset.rows("train"), _TFIDF_ROWS))
    targets = np.asarray(job.splits["train"].values["labels"][: len(rows)])
    width = max(1, len(job.model.task.labels))
    start = time.perf_counter()
    Tfidf().fit(Lesson(texts_of(rows), targets, _kind_of(targets), width, job.recipe))
    spent = time.perf_counter() - start
    return spent * (len(job.splits["train"]) + len(job.splits["test"])) / len(rows)


def _kind_of(targets: Wanted) -> Kind:
    if targets.ndim == 2:
        return "label_sets"
    return "numbers" if targets.dtype.kind == "f" else "classes"
