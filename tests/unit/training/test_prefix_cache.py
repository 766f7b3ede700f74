from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from luthier.core.config import MENUS
from luthier.core.records import Row
from luthier.evaluation.predict import Model
from luthier.models.layers import layer_stack
from luthier.models.precision import choose_precision
from luthier.tasks.encoded import Encoded
from luthier.training import prefix_cache as module
from luthier.training.batching import Plan
from luthier.training.prefix_cache import CacheReport, with_prefix_cache
from tests.loops import make_model, read_mails

BUDGET = 10**9


def top_layers(bert: Path, rows: Sequence[Row], count: int = 1) -> Model:
    model = make_model(bert, rows)
    adapter = MENUS["adapter"].build({"top_layers": {"count": count}})
    return replace(model, network=adapter.apply(model.network, seed=0))


def plan_of(encoded: Encoded, **more: Any) -> Plan:
    settings = {"batch_size": 8, "micro_batch_size": 8, "num_epochs": 2, "seed": 7} | more
    return Plan(encoded.lengths, **settings)


def cached(
    model: Model, rows: Sequence[Row], budget: float = BUDGET, **plan: Any
) -> tuple[Encoded, CacheReport]:
    train = model.encode(rows)
    splits, report = with_prefix_cache(
        model, {"train": train}, plan_of(train, **plan), budget, lambda line: None
    )
    return splits["train"], report


def activations(encoded: Encoded) -> list[Any]:
    assert encoded.activations is not None
    return [
        encoded.activations.flat[start : start + length]
        for start, length in zip(encoded.activations.starts, encoded.lengths, strict=True)
    ]


@pytest.fixture
def rows(mails: Path) -> list[Row]:
    return read_mails(mails)[:60]


@pytest.mark.parametrize("count", [1, 2])
def test_answers_from_the_cache_are_those_of_the_whole_model(
    count: int, rows: list[Row], tiny_bert: Path
) -> None:
    model = top_layers(tiny_bert, rows, count)
    encoded = model.encode(rows)
    whole = model.outputs(encoded)
    found, report = cached(model, rows)
    assert report.layers == 3 - count
    np.testing.assert_allclose(model.outputs(found), whole, rtol=1e-3, atol=1e-4)


def test_activations_are_those_of_the_whole_model_to_a_thousandth(
    rows: list[Row], tiny_bert: Path
) -> None:
    model = top_layers(tiny_bert, rows)
    found, _ = cached(model, rows)
    encoded = model.encode(rows[:1])
    ids = torch.from_numpy(encoded.tokens["input_ids"][None].astype(np.int64))
    with torch.no_grad():
        model.network.eval()
        whole = model.network(ids, output_hidden_states=True).hidden_states[2][0]
    error = np.abs(activations(found)[0] - whole.numpy()).max()
    assert error <= 1e-3 * float(whole.abs().max())


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_an_example_has_the_same_activations_whatever_it_is_computed_with(
    precision: Any,
    rows: list[Row],
    tiny_bert: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    seen = []
    for number, order in enumerate((range(60), range(59, -1, -1), range(7, 60))):
        monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path / str(number)))
        model = replace(top_layers(tiny_bert, rows), precision=choose_precision(precision))
        found, _ = cached(model, [rows[i] for i in order])
        seen.append(
            {rows[i].id: one.tobytes() for i, one in zip(order, activations(found), strict=True)}
        )
    assert seen[0] == seen[1]
    assert seen[2].items() <= seen[0].items()


def test_what_is_known_is_not_computed_again(rows: list[Row], tiny_bert: Path) -> None:
    assert cached(top_layers(tiny_bert, rows), rows[:20])[1].computed == 20
    assert cached(top_layers(tiny_bert, rows), rows)[1].computed == 40
    assert cached(top_layers(tiny_bert, rows), rows)[1].computed == 0


def test_other_weights_below_have_a_cache_of_their_own(rows: list[Row], tiny_bert: Path) -> None:
    cached(top_layers(tiny_bert, rows), rows)
    model = top_layers(tiny_bert, rows)
    next(layer_stack(model.network)[0].parameters()).data[0, 0] += 1
    assert cached(model, rows)[1].computed == 60


def test_other_weights_above_and_other_dropout_share_it(rows: list[Row], tiny_bert: Path) -> None:
    cached(top_layers(tiny_bert, rows), rows)
    model = top_layers(tiny_bert, rows)
    [*model.network.parameters()][-1].data += 1
    model.network.config.hidden_dropout_prob = 0.3
    assert cached(model, rows)[1].computed == 0


def test_two_equal_examples_are_computed_once(rows: list[Row], tiny_bert: Path) -> None:
    found, report = cached(top_layers(tiny_bert, rows), [*rows, *rows])
    assert report.computed == 60
    assert len(activations(found)) == 120


def test_activations_too_large_for_half_precision_are_kept_in_fp32(
    rows: list[Row], tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LARGEST", 0.01)
    found, report = cached(top_layers(tiny_bert, rows), rows)
    assert report.computed == 60
    assert activations(found)[0].dtype == np.float32


@pytest.mark.parametrize(
    ("budget", "plan", "reason"),
    [
        (0, {}, "training.prefix_cache_gb is 0"),
        (10, {}, "it needs 0.0 GB more, beyond training.prefix_cache_gb or disk"),
        (BUDGET, {"max_steps": 3}, "the run is shorter than an epoch"),
    ],
)
def test_a_run_goes_without_a_cache_and_says_why(
    budget: float, plan: dict[str, int], reason: str, rows: list[Row], tiny_bert: Path
) -> None:
    found, report = cached(top_layers(tiny_bert, rows), rows, budget, **plan)
    assert report == CacheReport(reason=reason)
    assert found.activations is None


def test_where_all_weights_move_there_is_nothing_to_cache(rows: list[Row], tiny_bert: Path) -> None:
    _, report = cached(make_model(tiny_bert, rows), rows)
    assert report.reason == "nothing is frozen below what moves"


def test_a_model_that_does_not_go_without_its_layers_is_left_whole(
    rows: list[Row], tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TOLERANCE", -1.0)
    found, report = cached(top_layers(tiny_bert, rows), rows)
    assert report.reason == "the model answers differently without its lower layers"
    assert found.activations is None


def test_a_long_computation_says_how_far_it_is(
    rows: list[Row], tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SECONDS", 0.0)
    said: list[str] = []
    model = top_layers(tiny_bert, rows)
    train = model.encode(rows)
    with_prefix_cache(model, {"train": train}, plan_of(train), BUDGET, said.append)
    assert said[0] == "Computing what 2 frozen layers say of 60 examples, once."
    assert said[-1] == "100% of 60 examples are computed."


def test_a_cache_that_may_not_be_written_stops_no_run_and_is_told(
    rows: list[Row], tiny_bert: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path / "file"))
    said: list[str] = []
    model = top_layers(tiny_bert, rows)
    train = model.encode(rows)
    found, report = with_prefix_cache(model, {"train": train}, plan_of(train), BUDGET, said.append)
    assert found["train"].activations is None
    assert report.reason
    assert said == [f"The frozen layers are computed anew in every epoch: {report.reason}."]
