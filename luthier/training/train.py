"""The verb `train`: build the parts, fit, save, judge, report."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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
from luthier.models.frozen_weights import hold_frozen
from luthier.models.precision import restored
from luthier.models.save import save_model
from luthier.models.used_words import restore_words
from luthier.training.batching import padding_share
from luthier.training.checkpoints import moving_weights, put_weights
from luthier.training.checkpoints import resume as resume_loop
from luthier.training.distributed import Crew, joined
from luthier.training.precision import Settled
from luthier.training.setup import Job, Say, load_adapted, quicken, set_up
from luthier.training.sharding import shard
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

    Where a launcher such as torchrun started several processes, they train together, and the first
    of them writes and judges; the run that the others return is perhaps not judged yet.

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
    with joined() as crew, restored():
        with crew.in_turn():
            checked = read_recipe(recipe, overrides)
            run = _open_run(checked, crew, resume=resume, overwrite=overwrite)
        say = say if run.writes else silent
        if run.card.exists():
            say(f"{run.folder}: this run is finished. {run.verdict}")
            return run
        watch = Stopwatch()
        with TemporaryDirectory(
            prefix=".scratch-", dir=run.folder if run.writes else None, ignore_cleanup_errors=True
        ) as scratch:
            try:
                begun = Settled.begun(run)
                job = set_up(checked, run.data, Path(scratch), say, watch, begun, crew)
            except LuthierError:
                shutil.rmtree(scratch, ignore_errors=True)
                _give_up(run, say)
                raise
            job, trainer = _fit(job, run, crew, watch, say, resume=resume)
            if run.writes:
                _judge(job, run, watch, say)
    if run.writes:
        run.describe_environment(_facts(job, trainer, watch))
        _report(run, checked, say)
    return run


def _judge(job: Job, run: Run, watch: Stopwatch, say: Say) -> None:
    restore_words(job.model.network)
    _calibrate(job)
    with watch.phase("save"):
        base = job.recipe.model.base
        save_model(job.model.network, job.model.tokenizer, run.model, base=base)
    with watch.phase("judge"):
        judge_run(job.model, job.dataset, job.splits["test"], run, job.recipe, say)


def _report(run: Run, recipe: Recipe, say: Say) -> None:
    write_report(run.folder, language=recipe.run.language)
    write_card(run.folder, language=recipe.run.language)
    for line in evaluation_lines(evaluate(run)):
        say(line)
    say(f"Report: {run.report}")


def _give_up(run: Run, say: Say) -> None:
    """Leave no half-made run in the way of the next try."""
    if not run.writes:
        return
    if not run.metrics.exists():
        run.give_up()
    if (run.data / "report.html").exists():
        say(f"The data report: {run.data / 'report.html'}")


def _open_run(recipe: Recipe, crew: Crew, *, resume: bool, overwrite: bool) -> Run:
    if recipe.run.folder is None:
        raise UserError("run.folder: say where the run is to be written, such as runs/first.")
    if recipe.data.split.test == 0:
        raise UserError(
            "data.split.test: a model is judged on rows it never saw. Give a share or a file."
        )
    folder, resolved = Path(recipe.run.folder), write_recipe(recipe)
    if not crew.writes:
        return Run.open(folder, writes=False)
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


def _fit(
    job: Job, run: Run, crew: Crew, watch: Stopwatch, say: Say, *, resume: bool
) -> tuple[Job, Trainer]:
    is_sharded = crew.size > 1 and job.recipe.training.parallel == "sharded"
    if is_sharded:
        shard(job.model.network, crew.size)
    trainer = Trainer(job.parts(), job.plan, job.pace(), job.callbacks, run, crew)
    if resume and resume_loop(trainer, job.callbacks):
        say(f"Continuing at step {trainer.position.step} of {job.plan.num_steps}.")
    elif not resume:
        run.forget_after(0)
    run.describe_environment(
        {
            "seed": job.recipe.run.seed,
            **job.settled.record(),
            "processes": crew.size,
            "micro_batch_size": job.plan.micro_batch_size,
        }
    )
    with watch.phase("train"):
        trainer.fit()
    return (_made_whole(job, run) if is_sharded else job), trainer


def _made_whole(job: Job, run: Run) -> Job:
    """The job with a model that does not lie in parts, in the process that judges it."""
    weights = moving_weights(job.model.network)
    if not run.writes:
        return job
    model = load_adapted(job.recipe, job.model.task)
    quicken(model, job.splits["train"])
    hold_frozen(model.network, job.model.precision)
    put_weights(model.network, weights)
    # The activations of frozen layers are for the model that was told to take them.
    splits = {name: replace(one, activations=None) for name, one in job.splits.items()}
    return replace(job, model=replace(job.model, network=model.network), splits=splits)


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
        "still_words": job.still_words,
        "prefix_cache": asdict(job.prefix_cache),
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
