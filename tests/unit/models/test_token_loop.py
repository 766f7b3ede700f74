"""Rows leave the batch when they are done, and nobody's answer changes."""

from contextlib import nullcontext
from typing import Any

import pytest
import torch

from luthier.models import token_loop as module
from luthier.models.decoding import Decoding
from luthier.models.generate import generate
from tests.tiny import DECODERS, ENCODER_DECODERS, make_model, pretrained_class, tokenizer_of

WAYS = {
    "greedy": Decoding(max_new_tokens=12),
    "penalty": Decoding(max_new_tokens=12, repetition_penalty=1.5),
    "draw": Decoding(max_new_tokens=12, temperature=1.0, num_samples=2),
}
PROMPTS = [[20 + row, *range(30, 33 + row)] for row in range(8)]


def stopping(family: str) -> Any:
    """A model that ends an answer at any of many tokens, so that some answers are short."""
    network = make_model(family, pretrained_class(family))
    network.generation_config.eos_token_id = list(range(0, 300, 9))
    return network


def run(network: Any, family: str, way: Decoding, **options: Any) -> dict[int, Any]:
    given: dict[str, Any] = {"seed": 0, "autocast": nullcontext} | options
    found = generate(network, tokenizer_of(family), PROMPTS, way, **given)
    return {row: a for part in found for row, a in zip(part.rows, part.answers, strict=True)}


def sizes_of(network: Any) -> list[int]:
    """How many rows each forward pass has, as they happen."""
    sizes: list[int] = []
    network.get_output_embeddings().register_forward_hook(
        lambda module, inputs, output: sizes.append(len(output))
    )
    return sizes


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("family", [*DECODERS, *ENCODER_DECODERS])
def test_answers_are_those_of_a_batch_that_nobody_leaves(
    family: str, way: Decoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = stopping(family)
    left = run(network, family, way)
    monkeypatch.setattr(module, "_can_leave", lambda inputs: False)
    assert run(network, family, way) == left


@pytest.mark.parametrize("family", [*DECODERS, *ENCODER_DECODERS])
def test_the_batch_gets_smaller_when_half_of_it_is_done(family: str) -> None:
    network = stopping(family)
    sizes = sizes_of(network)
    run(network, family, WAYS["draw"])
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 16
    assert sizes[-1] <= 8


def test_the_loop_ends_with_the_last_answer() -> None:
    network = stopping("llama")
    sizes = sizes_of(network)
    answers = run(network, "llama", WAYS["greedy"])
    longest = max(len(one) for found in answers.values() for one in found)
    assert len(sizes) == min(longest + 1, 12)


def test_of_what_a_model_keeps_in_its_own_way_no_row_leaves() -> None:
    assert not module._can_leave({"cache_params": object()})
    assert not module._can_leave({"past_key_values": None})


@pytest.mark.parametrize("family", [*DECODERS, *ENCODER_DECODERS])
def test_under_autocast_answers_are_those_of_transformers_own_loop(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = stopping(family)
    ours = run(network, family, WAYS["greedy"], autocast=lambda: torch.autocast("cpu"))
    own = type(network).generate
    monkeypatch.setattr(
        type(network),
        "generate",
        lambda self, custom_generate, **options: own(self, **options),
    )
    monkeypatch.setattr(module, "reserve", lambda *arguments: None)
    assert run(network, family, WAYS["greedy"], autocast=lambda: torch.autocast("cpu")) == ours
