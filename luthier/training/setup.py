"""From a recipe to parts that are ready to train: shared by `train` and `check`."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from transformers import PreTrainedModel

from luthier.core.config import MENUS, Recipe
from luthier.core.errors import RecipeError, UserError
from luthier.core.registry import Choice
from luthier.core.stopwatch import Stopwatch
from luthier.data.dataset import Dataset
from luthier.evaluation.predict import Model, in_precision, load_base, padding_of
from luthier.models.adapter import Adapter, moving
from luthier.models.fast_dropout import with_fast_dropout
from luthier.models.fast_layers import with_lean_layers
from luthier.models.frozen_weights import hold_frozen
from luthier.models.load import locate
from luthier.models.used_words import move_used_words
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Task
from luthier.training.batching import Plan
from luthier.training.callback import Callback
from luthier.training.data import open_data
from luthier.training.distributed import ALONE, Crew
from luthier.training.encoding_cache import encode_splits
from luthier.training.memory import micro_batch_size
from luthier.training.objective import Objective
from luthier.training.optimizer import schedule_mistakes
from luthier.training.parts import Pace, Parts
from luthier.training.precision import Once, Settled, settle
from luthier.training.prefix_cache import GIGABYTE, CacheReport, with_prefix_cache
from luthier.training.probe import Probe
from luthier.training.sharding import sharding_mistakes
from luthier.training.validate import validate

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """A run that is ready for its first step; its recipe names the precision that is settled."""

    recipe: Recipe
    dataset: Dataset
    model: Model
    objective: Objective
    splits: dict[str, Encoded]
    plan: Plan
    callbacks: Sequence[Callback]
    prefix_cache: CacheReport
    settled: Settled
    still_words: int

    def parts(self) -> Parts:
        """What meets in the loop; the optimizer is made here, over what moves."""
        training, network = self.recipe.training, self.model.network
        optimizer = MENUS["optimizer"].build(training.optimizer)(network, training.learning_rate)
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        validation = self.splits.get("validation")
        return Parts(
            model=network,
            task=self.model.task,
            objective=self.objective,
            optimizer=optimizer,
            schedule=MENUS["schedule"].build(training.schedule),
            train=self.splits["train"],
            padding=padding_of(self.model.tokenizer),
            precision=self.model.precision,
            validate=None
            if validation is None
            else lambda: validate(self.model, validation, lambda: self.dataset.rows("validation")),
        )

    def pace(self) -> Pace:
        """The cadence of the loop; a warm-up below 1 is a share of all steps."""
        training = self.recipe.training
        warmup = training.warmup_steps
        steps = int(warmup) if warmup >= 1 else int(np.ceil(warmup * self.plan.num_steps))
        return Pace(steps, training.max_grad_norm, training.log_every, training.save_every)


def set_up(
    recipe: Recipe,
    data: Path,
    scratch: Path,
    say: Say,
    watch: Stopwatch,
    begun: Settled | None = None,
    crew: Crew = ALONE,
) -> Job:
    """Prepare the data, load the model, encode the rows, plan the steps.

    Args:
        recipe: what to do.
        data: the folder the data set is written to, or lies in already.
        scratch: a folder for encoded rows, that the caller removes.
        say: takes lines for people.
        watch: times the phases.
        begun: the precision of a run that is resumed; else it is chosen here.
        crew: the processes that train together; the data is prepared by the first of them.

    Raises:
        UserError, DataRefused: whatever cannot work is found here, before the first step.
    """
    task: Task = MENUS["task"].build(recipe.task)
    with watch.phase("prepare"), crew.in_turn():
        _must_go_together(recipe, crew)
        location = locate(recipe.model.base)
        dataset = open_data(recipe, task.shapes, data, location, say)
    task.learn(dataset.rows("train"))
    with watch.phase("load"):
        model = load_adapted(recipe, task)
    say(f"{recipe.model.base}: {moving(model.network)}.")
    with watch.phase("encode"):
        splits = encode_splits(recipe, model, dataset, scratch, say)
    task.must_learn(splits["train"])
    objective: Objective = MENUS["objective"].build(recipe.objective)
    objective.prepare(task, splits["train"])
    still_words = quicken(model, splits["train"])
    plan = make_plan(recipe, model, splits["train"], crew)
    with watch.phase("precision"):
        settled = settle(recipe, Probe(model, objective, splits["train"], plan), begun, _once(crew))
    recipe = in_precision(recipe, settled.name)
    model = replace(model, precision=settled.over(model.precision))
    hold_frozen(model.network, model.precision)
    say(f"{settled.name}: {settled.reason}.")
    with watch.phase("cache"):
        budget = recipe.training.prefix_cache_gb * GIGABYTE
        splits, cached = with_prefix_cache(model, splits, plan, budget, say)
    callbacks = make_callbacks(recipe, splits, say)
    return Job(
        recipe, dataset, model, objective, splits, plan, callbacks, cached, settled, still_words
    )


def quicken(model: Model, train: Encoded) -> int:
    """Leave out of every step what does not change its outcome; how many words stay still."""
    with_fast_dropout(model.network)
    with_lean_layers(model.network)
    if hasattr(model.network, "peft_config"):
        from luthier.models.fast_lora import with_fast_lora  # PEFT takes seconds to import

        with_fast_lora(model.network)
    padding = padding_of(model.tokenizer)["input_ids"]
    return move_used_words(model.network, train.tokens["input_ids"], padding)


def _must_go_together(recipe: Recipe, crew: Crew) -> None:
    mistakes = schedule_mistakes(recipe.training)
    if crew.size > 1 and recipe.training.parallel == "sharded":
        mistakes += sharding_mistakes(recipe)
    if mistakes:
        raise RecipeError("The recipe", mistakes)


def _once(crew: Crew) -> Once:
    """One process of the crew settles the precision for all."""
    return lambda decide: Settled(**crew.once(lambda: asdict(decide())))


def load_adapted(recipe: Recipe, task: Task) -> Model:
    """The pretrained model of a recipe with its adapter, before the first step."""
    adapter: Adapter = MENUS["adapter"].build(recipe.adapter)
    model = load_base(recipe, task)
    assert isinstance(model.network, PreTrainedModel)
    task.begin(model.network)
    return replace(model, network=adapter.apply(model.network, seed=recipe.run.seed))


def make_plan(recipe: Recipe, model: Model, train: Encoded, crew: Crew = ALONE) -> Plan:
    """All steps of the run."""
    training = recipe.training
    micro = training.micro_batch_size
    if micro == "auto":
        length, rows = recipe.model.max_length, -(-training.batch_size // crew.size)
        fits: int = crew.once(
            lambda: micro_batch_size(model.network, length, rows, crew.neighbours)
        )
        micro = fits
    return Plan(
        lengths=train.lengths,
        batch_size=training.batch_size,
        micro_batch_size=min(micro, training.batch_size),
        num_epochs=training.num_epochs,
        seed=recipe.run.seed,
        max_steps=training.max_steps,
    )


def make_callbacks(recipe: Recipe, splits: dict[str, Encoded], say: Say) -> list[Callback]:
    """The recipe's callbacks; `evaluate` goes before them, `record_dynamics` and `progress` behind.

    Raises:
        UserError: the run is to stop early, and there is no validation split to tell when.
    """
    chosen = [Choice.parse(written) for written in recipe.callbacks]
    if "validation" in splits:
        if not any(choice.name == "evaluate" for choice in chosen):
            chosen.insert(0, Choice("evaluate"))
    else:
        if any(choice.name == "stop_early" for choice in chosen):
            raise UserError("callbacks.stop_early: needs a share for data.split.validation.")
        if Choice.parse(recipe.training.schedule).name == "plateau":
            raise UserError("training.schedule.plateau: needs a share for data.split.validation.")
        chosen = [choice for choice in chosen if choice.name not in ("evaluate", "keep_best")]
        say("There is no validation split: the last weights are kept, not the best.")
    if not any(choice.name == "record_dynamics" for choice in chosen):
        chosen.append(Choice("record_dynamics"))
    if not any(choice.name == "progress" for choice in chosen):
        chosen.append(Choice("progress"))
    return [MENUS["callbacks"].build(choice.written()) for choice in chosen]
