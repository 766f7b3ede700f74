"""Every task with every adapter on every kind of model: it learns, and comes back as it was."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from luthier.core.config import MENUS, Recipe, read_recipe
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.core.registry import Choice
from luthier.core.sandbox import Sandbox
from luthier.data.format import FIELDS
from luthier.evaluation.judge import BASELINES
from luthier.evaluation.predict import Model, assemble, load_base
from luthier.models.load import load_config
from luthier.models.save import save_model
from luthier.scoring.answers import Answers
from luthier.tasks.encoded import Encoded, columns_of
from luthier.tasks.generation import Writing
from luthier.tasks.task import Outputs, Task
from luthier.training.encoding_cache import encode_splits
from luthier.training.validate import forward_all
from tests.datasets import HeldRows
from tests.loops import make_trainer
from tests.task_rows import OPTIONS, OTHER_ROWS, ROWS, without_targets
from tests.tiny import ENCODERS, FAMILIES, save_tiny

TASKS = MENUS["task"].names()
WRITERS = [name for name in TASKS if issubclass(MENUS["task"].get(name), Writing)]
ADAPTERS: dict[str, Any] = {
    "full": "full",
    "top_layers": {"top_layers": {"count": 1}},
    "head": "head",
    "bias_only": "bias_only",
    "lora": {"lora": {"rank": 2, "alpha": 4}},
    "dora": {"dora": {"rank": 2, "alpha": 4}},
    "ia3": "ia3",
    "bottleneck": {"bottleneck": {"reduction": 4}},
    "prompt": {"prompt": {"virtual_tokens": 3}},
    "prefix": {"prefix": {"virtual_tokens": 3}},
    "p_tuning": {"p_tuning": {"virtual_tokens": 3}},
}
LEFT_OUT = {"qlora": "needs bitsandbytes, which is an extra; it has tests of its own"}

CANNOT_WRITE = "reads text but cannot write any"
NO_TAGGER = "no token classification with"
UNSUITED = {
    **{(task, family): CANNOT_WRITE for task in WRITERS for family in ENCODERS},
    ("token_classification", "bart"): NO_TAGGER,
}
"""Families that cannot do a task, and what is said of it."""
SUITED = [(t, f) for t in TASKS for f in FAMILIES if (t, f) not in UNSUITED]

REPRESENTATIVES = {
    "chat": ("qwen2", "t5"),
    "code_generation": ("llama", "bart"),
    "question_answering": ("bert", "gpt2"),
    "regression": ("distilbert", "llama"),
    "relation_classification": ("bert", "qwen2"),
    "summarization": ("gpt2", "t5"),
    "text_classification": ("bert", "llama"),
    "text_generation": ("llama", "bart"),
    "token_classification": ("roberta", "qwen2"),
    "translation": ("qwen2", "bart"),
}
TIED = "no head of its own"
NO_BIAS = "have no biases"
NO_EMBEDDINGS = "needs the numbers of all its tokens"
REFUSED = {
    **{
        (task, family, "head"): TIED
        for task in WRITERS
        for family in REPRESENTATIVES[task]
        if family != "llama"
    },
    **{
        (task, family, "bias_only"): NO_BIAS
        for task, families in REPRESENTATIVES.items()
        for family in families
        if family in ("llama", "t5")
    },
    **{
        (task, family, adapter): NO_EMBEDDINGS
        for task, family in (
            ("regression", "llama"),
            ("relation_classification", "qwen2"),
            ("text_classification", "llama"),
        )
        for adapter in ("prompt", "p_tuning")
    },
    ("regression", "distilbert", "ia3"): "PEFT does not know what to scale",
    ("regression", "distilbert", "prefix"): "takes no keys and values",
}
"""Pairs that make no sense, and what is said of them."""
GRID = [
    *((task, family, "full") for task, family in SUITED),
    *(
        (task, family, adapter)
        for task, families in REPRESENTATIVES.items()
        for family in families
        for adapter in ADAPTERS
        if adapter != "full"
    ),
]
PAIRS = [triple for triple in GRID if triple not in REFUSED]
STEPS, MAX_LENGTH = 3, 56
WHOLE_RATE, PART_RATE = 5e-3, 0.02
KINDS = {**{name: (name, rows) for name, rows in ROWS.items()}, **OTHER_ROWS}


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bases")
    return {family: save_tiny(folder / family, family) for family in FAMILIES}


@pytest.fixture
def one_sandbox(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Tries the sandbox out once for all tests of a task that runs programs."""

    def find_once(task: str) -> None:
        if task == "code_generation":
            sandbox = request.getfixturevalue("sandbox")
            monkeypatch.setattr(Sandbox, "find", lambda: sandbox)

    return find_once


def recipe_of(task: str, base: Path, adapter: str = "full") -> Recipe:
    return read_recipe(
        {
            "task": {task: dict(OPTIONS.get(task, {}))},
            "data": {"source": "rows.jsonl"},
            "model": {"base": str(base), "max_length": MAX_LENGTH, "dropout": 0.0},
            "adapter": ADAPTERS[adapter],
            "training": {"precision": "fp32"},
        }
    )


def learned(recipe: Recipe, rows: Sequence[Row]) -> Task:
    task: Task = MENUS["task"].build(recipe.task)
    task.learn(iter(rows))
    return task


def adapted(recipe: Recipe, rows: Sequence[Row]) -> Model:
    """The base with task and adapter, ready to train."""
    model: Any = load_base(recipe, learned(recipe, rows))
    adapter = MENUS["adapter"].build(recipe.adapter)
    tuned: Model = replace(model, network=adapter.apply(model.network, seed=3))
    return tuned


def train(model: Model, rows: Sequence[Row], folder: Path, rate: float) -> None:
    trainer = make_trainer(
        model,
        rows,
        folder,
        learning_rate=rate,
        schedule="constant",
        warmup_steps=0,
        batch_size=8,
        micro_batch_size=8,
        num_epochs=STEPS,
    )
    for _ in range(STEPS):
        trainer.step(np.arange(len(trainer.parts.train)))


def weights(model: Model) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in model.network.named_parameters()}


def numbers_of(outputs: Outputs) -> Any:
    """All that the task keeps of all examples, as one flat array."""
    lists = [np.asarray(one) for one in outputs]
    if names := lists[0].dtype.names:
        lists = [np.stack([one[name] for name in names], axis=-1) for one in lists]
    return np.concatenate([np.atleast_1d(one).ravel() for one in lists])


def told(answers: Answers) -> list[dict[str, Any]]:
    return [answers.answer(i) for i in range(len(answers))]


def come_back(recipe: Recipe, folder: Path) -> Model:
    """A tuned model as `luthier predict` loads it: with nothing but the recipe and the folder."""
    task: Task = MENUS["task"].build(recipe.task)
    task.restore(load_config(str(folder)))
    return assemble(recipe, task, str(folder))


def save(model: Model, folder: Path) -> Path:
    for name, value in model.task.model_settings().items():
        setattr(model.network.config, name, value)
    save_model(model.network, model.tokenizer, folder, base="catalog:tiny")
    return folder


def test_the_suite_walks_the_whole_grid() -> None:
    menu = MENUS["adapter"].names()
    assert {Choice.parse(written).name for written in ADAPTERS.values()} == set(ADAPTERS)
    assert ADAPTERS.keys() | LEFT_OUT.keys() == set(menu)
    assert ROWS.keys() == REPRESENTATIVES.keys() == set(TASKS)
    assert (len(TASKS), len(menu), len(FAMILIES)) == (10, 12, 8)
    assert (len(SUITED), len(UNSUITED)) == (64, 16)
    assert (len(GRID), len(PAIRS), len(REFUSED)) == (264, 242, 22)
    assert Counter(adapter for *_, adapter in PAIRS) == {
        **dict.fromkeys(("top_layers", "lora", "dora", "bottleneck"), 20),
        **dict.fromkeys(("ia3", "prefix"), 19),
        **dict.fromkeys(("prompt", "p_tuning"), 17),
        "full": 64,
        "head": 12,
        "bias_only": 14,
    }


@pytest.mark.parametrize("pair", UNSUITED, ids="-".join)
def test_a_task_that_a_model_cannot_do_is_refused_in_one_sentence(
    pair: tuple[str, str], bases: dict[str, Path], one_sandbox: Callable[[str], None]
) -> None:
    task, family = pair
    one_sandbox(task)
    with pytest.raises(UserError, match=UNSUITED[pair]) as refusal:
        load_base(recipe := recipe_of(task, bases[family]), learned(recipe, ROWS[task]))
    assert is_told_briefly(str(refusal.value))


@pytest.mark.parametrize("triple", REFUSED, ids="-".join)
def test_an_adapter_that_does_not_fit_is_refused_in_one_sentence(
    triple: tuple[str, str, str], bases: dict[str, Path], one_sandbox: Callable[[str], None]
) -> None:
    task, family, adapter = triple
    one_sandbox(task)
    with pytest.raises(UserError, match=REFUSED[triple]) as refusal:
        adapted(recipe_of(task, bases[family], adapter), ROWS[task])
    assert is_told_briefly(str(refusal.value))


def is_told_briefly(sentence: str) -> bool:
    """One line: what is wrong at which place of the recipe, and at most one sentence of remedy."""
    place, _, rest = sentence.partition(": ")
    return place.split(".")[0] in Recipe.model_fields and rest.count(". ") == 1 and "\n" not in rest


@pytest.mark.parametrize("triple", PAIRS, ids="-".join)
def test_a_task_is_learnt_by_an_adapter_and_comes_back(
    triple: tuple[str, str, str],
    bases: dict[str, Path],
    tmp_path: Path,
    one_sandbox: Callable[[str], None],
) -> None:
    task, family, adapter = triple
    one_sandbox(task)
    rows, recipe = ROWS[task], recipe_of(task, bases[family], adapter)
    model = adapted(recipe, rows)
    encoded = model.encode(rows)
    model.task.must_learn(encoded)
    before, start = forward_all(model, encoded)[1], weights(model)
    train(model, rows, tmp_path / "run", WHOLE_RATE if adapter == "full" else PART_RATE)
    outputs, after = forward_all(model, encoded)
    assert after < before

    moving = {name for name, p in model.network.named_parameters() if p.requires_grad}
    changed = {name for name, p in weights(model).items() if not torch.equal(p, start[name])}
    assert changed
    assert changed <= moving

    asked = [without_targets(row) for row in rows]
    again = come_back(recipe, save(model, tmp_path / "model"))
    assert np.array_equal(numbers_of(again.outputs(encoded)), numbers_of(outputs))
    assert list(again.predict(asked)) == list(model.predict(asked))


class Untrained(NamedTuple):
    recipe: Recipe
    model: Model
    rows: Sequence[Row]


@pytest.fixture
def untrained(
    request: pytest.FixtureRequest, bases: dict[str, Path], one_sandbox: Callable[[str], None]
) -> Untrained:
    """A model of a family with a fresh head, and rows of the kind that it was made for."""
    kind, family = request.param
    task, rows = KINDS[kind]
    one_sandbox(task)
    recipe = recipe_of(task, bases[family])
    return Untrained(recipe, load_base(recipe, learned(recipe, rows)), rows)


EACH_KIND = [(kind, REPRESENTATIVES[task][0]) for kind, (task, _) in KINDS.items()]
EACH_FAMILY = [*SUITED, *((kind, family) for kind, family in EACH_KIND if kind in OTHER_ROWS)]
of_each_kind = pytest.mark.parametrize("untrained", EACH_KIND, ids="-".join, indirect=True)
of_each_family = pytest.mark.parametrize("untrained", EACH_FAMILY, ids="-".join, indirect=True)


def test_the_suite_has_rows_of_every_kind() -> None:
    assert (len(KINDS), len(EACH_FAMILY)) == (17, 71)


def assert_same_encoded(found: Encoded, wanted: Encoded) -> None:
    columns, others = columns_of(found), columns_of(wanted)
    assert columns.keys() == others.keys()
    for name, column in columns.items():
        np.testing.assert_array_equal(column, others[name], strict=True)


@of_each_family
def test_rows_out_of_the_cache_are_those_that_were_tokenized(
    untrained: Untrained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, model, rows = untrained
    held: Any = HeldRows({"train": rows, "test": [without_targets(row) for row in rows]})
    encode_splits(recipe, model, held, tmp_path, say=lambda line: None)
    wanted = {name: model.encode(held.rows(name)) for name in held.splits}
    monkeypatch.setattr(type(model.task), "encode", None)
    found = encode_splits(recipe, model, held, tmp_path, say=lambda line: None)
    for name in held.splits:
        assert_same_encoded(found[name], wanted[name])


@of_each_kind
def test_options_and_settings_are_all_that_encoding_depends_on(untrained: Untrained) -> None:
    recipe, model, rows = untrained
    config = load_config(recipe.model.base)
    for name, value in model.task.model_settings().items():
        setattr(config, name, value)
    again: Task = MENUS["task"].build(recipe.task)
    again.restore(config)
    again.suit(load_config(recipe.model.base), model.tokenizer)
    assert_same_encoded(replace(model, task=again).encode(rows), model.encode(rows))


@pytest.mark.parametrize("task", TASKS)
def test_a_task_is_documented_in_one_sentence(task: str) -> None:
    said = MENUS["task"].summary(task)
    assert said.endswith(".")
    assert ". " not in said


@pytest.mark.parametrize("task", TASKS)
def test_the_shapes_of_a_task_are_of_canonical_fields(task: str) -> None:
    shapes = MENUS["task"].get(task).shapes
    assert {field for shape in shapes for field in shape} <= set(FIELDS)
    assert all(set(shape) <= row.fields.keys() for shape in shapes[:1] for row in ROWS[task])


@pytest.mark.parametrize("task", TASKS)
def test_the_baselines_of_a_task_are_on_the_menu(task: str) -> None:
    named = MENUS["task"].get(task).baselines
    assert named
    assert set(named) <= set(BASELINES.names())


@of_each_kind
def test_a_task_is_judged_and_chosen_by_metrics_that_it_has(
    untrained: Untrained,
) -> None:
    task = untrained.model.task
    names = [metric.name() for metric in task.metrics()]
    assert task.primary in names
    assert len(set(names)) == len(names)
    assert task.chooses in {"loss", *(metric.name() for metric in task.validation_metrics())}


@of_each_kind
def test_a_task_comes_back_from_the_configuration_of_its_model(
    untrained: Untrained, tmp_path: Path
) -> None:
    recipe, model, rows = untrained
    encoded = model.encode(rows)
    outputs = model.outputs(encoded)
    if model.task.needs_calibration:
        model.task.calibrate(outputs, encoded, lambda: rows)
    save(model, tmp_path / "model")
    config = load_config(str(tmp_path / "model"))
    again: Task = MENUS["task"].build(recipe.task)
    again.restore(config)
    again.suit(config, model.tokenizer)
    assert list(again.labels) == list(model.task.labels)
    assert told(again.answers(outputs, None, encoded, rows)) == told(
        model.task.answers(outputs, None, encoded, rows)
    )


@of_each_kind
def test_rows_without_their_target_are_answered(untrained: Untrained) -> None:
    _, model, rows = untrained
    asked = [without_targets(row) for row in rows]
    found = list(model.predict(asked))
    assert len(found) == len(rows)
    assert all("prediction" in one for one in found)
    shapes = [{*shape, "text_pair"} for shape in model.task.asked]
    assert all(any(row.fields.keys() <= shape for shape in shapes) for row in asked)


@of_each_family
def test_an_answer_does_not_depend_on_the_rows_beside_it(
    untrained: Untrained,
) -> None:
    _, model, rows = untrained
    together = model.encode(rows)
    assert len(set(together.lengths.tolist())) > 1  # else there would be no padding
    alone = [model.encode([row]) for row in rows]
    apart = np.concatenate([numbers_of(model.outputs(one)) for one in alone])
    np.testing.assert_allclose(numbers_of(model.outputs(together)), apart, rtol=1e-4, atol=1e-5)
    if isinstance(model.task, Writing):
        assert model.replies(together) == [(model.replies(one) or [None])[0] for one in alone]
