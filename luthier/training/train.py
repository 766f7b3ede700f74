"""The verb `train`: build the parts, fit, save, judge, report."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from luthier.core.config import Recipe, read_recipe, write_recipe
from luthier.core.errors import LuthierError, UserError, silent
from luthier.core.files import complain_if_unwritable
from luthier.core.runs import Run, peak_memory_bytes
from luthier.core.stopwatch import Stopwatch
from luthier.core.yaml import load_yaml
from luthier.evaluation.card import write_card
from luthier.evaluation.evaluate import evaluate
from luthier.evaluation.judge import judge_run
from luthier.evaluation.lines import evaluation_lines
from luthier.evaluation.report import write_report
from luthier.models.adapter import moving
from luthier.models.save import save_model
from luthier.training.batching import padding_share
from luthier.training.checkpoints import resume as resume_loop
from luthier.training.setup import Job, Say, set_up
from luthier.training.trainer import Trainer


def train(
    recipe: Path | str | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    resume: bool = False,
    overwrite: bool = False,
    say: Say = silent,
) -> Run:
    """One run, from a recipe to a run folder with model, evaluation, report and card.

    Args:
        recipe: a .yaml file, or the same as a dict.
        overrides: `key.path=value` strings that go over the recipe.
        resume: continue the run in the recipe's folder, bit for bit; start it if there is none.
        overwrite: replace a run that is there.
        say: takes lines for people.

    Raises:
        UserError: a mistake in the recipe or around it.
        DataRefused: rows that no honest model can come from.
        KeyboardInterrupt: after Ctrl-C, when a checkpoint is saved.
    """
    checked = read_recipe(recipe, overrides)
    run = _open_run(checked, resume=resume, overwrite=overwrite)
    if run.card.exists():
        say(f"{run.folder}: this run is finished. {run.verdict}")
        return run
    watch = Stopwatch()
    with TemporaryDirectory(
        prefix=".scratch-", dir=run.folder, ignore_cleanup_errors=True
    ) as scratch:
        try:
            job = set_up(checked, run.data, Path(scratch), say, watch)
        except LuthierError:
            shutil.rmtree(scratch, ignore_errors=True)
            _give_up(run, say)
            raise
        trainer = _fit(job, run, watch, say, resume=resume)
        _calibrate(job)
        with watch.phase("save"):
            save_model(job.model.network, job.model.tokenizer, run.model, base=checked.model.base)
        with watch.phase("judge"):
            judge_run(job.model, job.dataset, job.splits["test"], run, checked, say)
    run.describe_environment(_facts(job, trainer, watch))
    write_report(run.folder, language=checked.run.language)
    write_card(run.folder, language=checked.run.language)
    for line in evaluation_lines(evaluate(run)):
        say(line)
    say(f"Report: {run.report}")
    return run


def _give_up(run: Run, say: Say) -> None:
    """Leave no half-made run in the way of the next try."""
    if not run.metrics.exists():
        run.give_up()
    if (run.data / "report.html").exists():
        say(f"The data report: {run.data / 'report.html'}")


def _open_run(recipe: Recipe, *, resume: bool, overwrite: bool) -> Run:
    if recipe.run.folder is None:
        raise UserError("run.folder: say where the run is to be written, such as runs/first.")
    if recipe.data.split.test == 0:
        raise UserError(
            "data.split.test: a model is judged on rows it never saw. Give a share or a file."
        )
    folder, resolved = Path(recipe.run.folder), write_recipe(recipe)
    if resume and (folder / "recipe.yaml").exists():
        run = Run.open(folder)
        if run.recipe.read_text("utf-8") != resolved:
            changed = _differences(load_yaml(run.recipe), recipe.resolved())
            raise UserError(
                f"{folder} was started with another recipe ({', '.join(changed)} differ). Resume "
                f"with {run.recipe}, or start anew with --overwrite."
            )
        return run
    if overwrite and (folder / "recipe.yaml").exists():
        with complain_if_unwritable(folder):
            shutil.rmtree(folder)
    return Run.create(folder, resolved)


def _fit(job: Job, run: Run, watch: Stopwatch, say: Say, *, resume: bool) -> Trainer:
    trainer = Trainer(job.parts(), job.plan, job.pace(), job.callbacks, run)
    if resume and resume_loop(trainer, job.callbacks):
        say(f"Continuing at step {trainer.position.step} of {job.plan.num_steps}.")
    elif not resume:
        run.forget_after(0)
    run.describe_environment(
        {
            "seed": job.recipe.run.seed,
            "threads": torch.get_num_threads(),
            "precision": {"name": job.model.precision.name, "reason": job.model.precision.reason},
            "micro_batch_size": job.plan.micro_batch_size,
        }
    )
    with watch.phase("train"):
        trainer.fit()
    return trainer


def _calibrate(job: Job) -> None:
    """Let the task choose on validation rows what it chooses, and write it into the config."""
    validation = job.splits.get("validation")
    if validation is not None and job.model.task.needs_calibration:
        outputs = job.model.outputs(validation)
        rows = lambda: job.dataset.rows("validation")  # noqa: E731
        job.model.task.calibrate(outputs, validation, rows)
    for name, value in job.model.task.model_settings().items():
        setattr(job.model.network.config, name, value)


def _facts(job: Job, trainer: Trainer, watch: Stopwatch) -> dict[str, Any]:
    count = moving(job.model.network)
    return {
        "parameters": {"moving": count.parameters, "total": count.total},
        "steps": trainer.position.step,
        "tokens": trainer.position.tokens,
        "padding_share": round(padding_share(job.plan.lengths, job.plan.batches(0)), 4),
        "seconds": watch.seconds,
        "peak_memory_bytes": peak_memory_bytes(),
    }


def _differences(one: Any, other: Any, place: str = "") -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            found
            for key in sorted(one.keys() | other.keys())
            for found in _differences(
                one.get(key), other.get(key), f"{place}.{key}" if place else key
            )
        ]
    return [] if one == other else [place]
