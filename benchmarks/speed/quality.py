"""How good a tuned model is on the test rows: the same question, put the same way to everybody."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from benchmarks.speed.measured import Errand
from luthier.core.config import MENUS, Recipe, read_recipe
from luthier.core.files import read_json
from luthier.core.records import Row
from luthier.core.runs import Run
from luthier.data.dataset import Dataset
from luthier.evaluation.bootstrap import intervals
from luthier.evaluation.predict import Model, load_base
from luthier.models.network import Network
from luthier.tasks.task import Outputs, Task
from luthier.training.validate import validate

_SEED = 7


def labels_of(rows: Iterable[Row]) -> list[str]:
    """The classes, in the order in which Luthier's task numbers them: sorted."""
    return sorted({row["label"] for row in rows})


def judged_network(errand: Errand, network: Network) -> dict[str, Any]:
    """The deciding metric of a peer's network, with its interval."""
    return _judged(errand, lambda model, encoded: replace(model, network=network).outputs(encoded))


def validating(errand: Errand) -> Callable[[Network], float]:
    """What asks a peer's network the validation rows, as Luthier asks its own, for the metric."""
    dataset, task, model = _opened(errand)
    encoded = model.encode(dataset.rows("validation"))

    def ask(network: Network) -> float:
        asked = replace(model, network=network)
        return validate(asked, encoded, lambda: dataset.rows("validation"))[task.primary]

    return ask


def judged_probabilities(errand: Errand, outputs: Outputs) -> dict[str, Any]:
    """The deciding metric of a peer's probabilities of the test rows (N, C), with its interval."""
    return _judged(errand, lambda _model, _encoded: outputs)


def _judged(errand: Errand, answer: Callable[[Model, Any], Outputs]) -> dict[str, Any]:
    dataset, task, model = _opened(errand)
    encoded = model.encode(dataset.rows("test"))
    answers = task.answers(answer(model, encoded), None, encoded, dataset.rows("test"))
    metric = next(one for one in task.metrics() if one.name() == task.primary)
    found = intervals([metric], answers, seed=_SEED)[metric.name()].record()
    return {"name": metric.name(), "higher_is_better": metric.higher_is_better, **found}


def _opened(errand: Errand) -> tuple[Dataset, Task, Model]:
    dataset, recipe = errand.dataset(), checked(errand)
    task: Task = MENUS["task"].build(recipe.task)
    task.learn(dataset.rows("train"))
    return dataset, task, load_base(recipe, task)


def judged_run(run: Run) -> dict[str, Any]:
    """The deciding metric of a run of Luthier, with its interval, as it judged itself."""
    found = read_json(run.evaluation)
    task: Task = MENUS["task"].build(read_recipe(run.recipe).task)
    task.learn(Dataset.open(run.data).rows("train"))
    metric = next(one for one in task.metrics() if one.name() == found["primary"])
    ours = found["metrics"][metric.name()]
    return {"name": metric.name(), "higher_is_better": metric.higher_is_better, **ours}


def checked(errand: Errand) -> Recipe:
    """The recipe of an errand, with its rows and seed."""
    source = {"source": str(errand.dataset().folder)}
    return read_recipe({**errand.recipe, "data": source, "run": {"seed": errand.seed}})
