"""The verb `check`: everything before the first step, and what the rest will cost."""

import tempfile
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from luthier.core.config import read_recipe
from luthier.core.errors import silent
from luthier.core.runs import Run
from luthier.core.stopwatch import Stopwatch
from luthier.data.report_page import summarise
from luthier.models.adapter import moving
from luthier.models.precision import restored
from luthier.training.batching import padding_share
from luthier.training.estimate import estimate
from luthier.training.setup import Job, Say, set_up


def check(
    recipe: Path | str | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    rows: int = 3,
    say: Say = silent,
) -> dict[str, Any]:
    """Prepare the data in a temporary folder, show what the model sees, probe a few steps.

    Args:
        recipe: a .yaml file, or the same as a dict.
        overrides: `key.path=value` strings that go over the recipe.
        rows: how many examples to render.
        say: takes lines for people.

    Returns:
        `rows` by split, `steps`, `parameters`, `padding_share`, `precision`, `threads`,
        `truncated`, `examples`, and `estimate`: `seconds` of the whole run and of its parts, and
        `peak_memory_bytes`.

    Raises:
        UserError: a mistake in the recipe or around it.
        DataRefused: rows that no honest model can come from.
    """
    checked = read_recipe(recipe, overrides)
    watch = Stopwatch()
    with tempfile.TemporaryDirectory(prefix="luthier-check-") as scratch, restored():
        folder = Path(scratch)
        job = set_up(checked, folder / "data", folder / "encoded", say, watch)
        for line in summarise(job.dataset.report):
            say(line)
        examples = [
            job.model.task.render(row, job.model.tokenizer, job.model.max_length)
            for row in islice(job.dataset.rows("train"), rows)
        ]
        say("What the model sees, and → [what the loss asks of it]:")
        for example in examples:
            say(f"  {example}")
        found = {**_facts(job), "examples": examples}
        with watch.phase("probe"):
            cost = estimate(job, Run(folder))
    ready = sum(spent for phase, spent in watch.seconds.items() if phase != "probe")
    found["estimate"] = {
        "seconds": round(ready + cost.train_seconds + cost.judge_seconds, 1),
        "ready_seconds": round(ready, 1),
        "train_seconds": round(cost.train_seconds, 1),
        "judge_seconds": round(cost.judge_seconds, 1),
        "peak_memory_bytes": cost.peak_memory_bytes,
    }
    for line in _lines(found):
        say(line)
    return found


def _facts(job: Job) -> dict[str, Any]:
    count, lost = moving(job.model.network), job.splits["train"].truncation
    return {
        "rows": {name: len(encoded) for name, encoded in job.splits.items()},
        "steps": job.plan.num_steps,
        "parameters": {"moving": count.parameters, "total": count.total},
        "padding_share": round(padding_share(job.plan.lengths, job.plan.batches(0)), 4),
        **job.settled.record(),
        "truncated": {"rows": lost.rows, "tokens": lost.tokens},
    }


def _lines(found: Mapping[str, Any]) -> list[str]:
    cost = found["estimate"]
    parts = {"data and loading": "ready", "training": "train", "test and baselines": "judge"}
    told = ", ".join(f"{_time(cost[f'{key}_seconds'])} {name}" for name, key in parts.items())
    return [
        f"{found['steps']:,} steps; {100 * found['padding_share']:.1f} % of positions are padding.",
        f"Estimate: {_time(cost['seconds'])} in all ({told}).",
        f"Memory: {cost['peak_memory_bytes'] / 1e9:.1f} GB at its peak.",
    ]


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
