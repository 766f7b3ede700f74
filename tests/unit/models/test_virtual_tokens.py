"""Virtual tokens change the answers, but neither their number nor what padding does."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from luthier.core.config import MENUS
from luthier.models.load import load_tuned
from luthier.models.save import save_model
from tests.tiny import (
    DECODERS,
    ENCODER_DECODERS,
    ENCODERS,
    make_model,
    tokenizer_of,
)

ADAPTERS = ("prompt", "prefix", "p_tuning")
TOKENS, ANSWERS = "AutoModelForTokenClassification", "AutoModelForQuestionAnswering"
CAUSAL, TWO_SIDED = "AutoModelForCausalLM", "AutoModelForSeq2SeqLM"
CLASSIFIER = "AutoModelForSequenceClassification"
WORKING = [
    *((f, CLASSIFIER, a) for f in ENCODERS for a in ADAPTERS if (f, a) != ("distilbert", "prefix")),
    *((f, CLASSIFIER, "prefix") for f in DECODERS),
    *((f, TOKENS, a) for f in ("bert", "gpt2", "llama") for a in ADAPTERS),
    *((f, ANSWERS, a) for f in ("bert", "gpt2") for a in ADAPTERS),
    *((f, CAUSAL, a) for f in DECODERS for a in ADAPTERS),
    *((f, TWO_SIDED, a) for f in ENCODER_DECODERS for a in ADAPTERS),
]
CAUSAL_PAIRS = [(family, adapter) for family in DECODERS for adapter in ADAPTERS]
TWO_SIDED_PAIRS = [(family, adapter) for family in ENCODER_DECODERS for adapter in ADAPTERS]


def adapted(family: str, auto_class: str, adapter: str) -> Any:
    chosen = MENUS["adapter"].build({adapter: {"virtual_tokens": 3}})
    return chosen.apply(make_model(family, auto_class), seed=0).eval()


def padded(row: list[int], length: int, padding: int, *, left: bool = False) -> dict[str, Tensor]:
    """One row among others that are longer."""
    gap = length - len(row)
    ids, mask = [padding] * gap, [0] * gap
    ids, mask = (ids + row, mask + [1] * len(row)) if left else (row + ids, [1] * len(row) + mask)
    return {"input_ids": torch.tensor([ids]), "attention_mask": torch.tensor([mask])}


def answers(network: Any, row: list[int], length: int) -> Tensor:
    """The outputs to the row itself, (answers, ...)."""
    inputs = padded(row, length, network.config.pad_token_id)
    if network.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = torch.tensor([row])
    with torch.inference_mode():
        output = network(**inputs)
    name = "logits" if "logits" in output else "start_logits"
    found: Tensor = output[name][0]
    return found if found.dim() == 1 and name == "logits" else found[: len(row)]


def test_enough_pairs_are_looked_at() -> None:
    assert len(WORKING) == 41


@pytest.mark.parametrize(("family", "auto_class", "adapter"), WORKING)
def test_padding_does_not_change_an_answer(family: str, auto_class: str, adapter: str) -> None:
    network = adapted(family, auto_class, adapter)
    row = [7, 8, 9, 10, 11]
    torch.testing.assert_close(answers(network, row, 9), answers(network, row, 5))


@pytest.mark.parametrize("auto_class", [TOKENS, ANSWERS, CAUSAL])
@pytest.mark.parametrize("adapter", ADAPTERS)
def test_there_is_one_answer_for_each_real_token(auto_class: str, adapter: str) -> None:
    network = adapted("gpt2", auto_class, adapter)
    tokens = torch.randint(6, 40, (2, 5))
    output = network(input_ids=tokens, attention_mask=torch.ones_like(tokens))
    names = ("start_logits", "end_logits") if auto_class == ANSWERS else ("logits",)
    assert {output[name].shape[1] for name in names} == {5}


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_token_of_an_encoder_still_sees_all_others(adapter: str) -> None:
    network = adapted("bert", TOKENS, adapter)
    first, second = (answers(network, [7, 8, last], 3)[0] for last in (9, 10))
    assert not torch.equal(first, second)


def chosen_one_by_one(network: Any, row: list[int], count: int) -> list[int]:
    """Greedy decoding without any cache: what generation must agree with."""
    inputs = padded(row, len(row), 0)
    two = network.config.is_encoder_decoder
    written = [network.config.decoder_start_token_id] if two else list(row)
    for _ in range(count):
        tokens = torch.tensor([written])
        given = (
            inputs | {"decoder_input_ids": tokens}
            if two
            else {"input_ids": tokens, "attention_mask": torch.ones_like(tokens)}
        )
        with torch.inference_mode():
            written.append(int(network(**given).logits[0, -1].argmax()))
    return written[-count:]


def generated(network: Any, inputs: dict[str, Tensor], count: int) -> list[list[int]]:
    found = network.generate(
        **inputs,
        max_new_tokens=count,
        do_sample=False,
        pad_token_id=network.config.pad_token_id,
        eos_token_id=None,
        forced_eos_token_id=None,
    )
    return [row[-count:] for row in found.tolist()]


@pytest.mark.parametrize(("family", "adapter"), CAUSAL_PAIRS)
def test_a_decoder_writes_the_same_behind_padding_on_the_left(family: str, adapter: str) -> None:
    network = adapted(family, CAUSAL, adapter)
    rows = [[7, 8, 9], [10, 11, 12, 13, 14]]
    parts = [padded(row, 5, network.config.pad_token_id, left=True) for row in rows]
    both = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
    expected = [chosen_one_by_one(network, row, 5) for row in rows]
    assert generated(network, both, 5) == expected


@pytest.mark.parametrize(("family", "adapter"), TWO_SIDED_PAIRS)
def test_an_encoder_decoder_writes_the_same_beside_longer_rows(family: str, adapter: str) -> None:
    network = adapted(family, TWO_SIDED, adapter)
    rows = [[7, 8, 9], [10, 11, 12, 13, 14]]
    parts = [padded(row, 5, network.config.pad_token_id) for row in rows]
    both = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
    expected = [chosen_one_by_one(network, row, 5) for row in rows]
    assert generated(network, both, 5) == expected


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_what_is_saved_answers_the_same_in_lower_precision(adapter: str, tmp_path: Path) -> None:
    network = adapted("llama", CAUSAL, adapter)
    make_model("llama", CAUSAL).save_pretrained(tmp_path / "base")
    save_model(network, tokenizer_of("llama"), tmp_path / "saved", base="catalog:tiny")
    again = load_tuned(str(tmp_path / "saved"), str(tmp_path / "base"), CAUSAL, {}, seed=0).eval()
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(answers(network, [7, 8, 9], 3), answers(again, [7, 8, 9], 3))


@pytest.mark.parametrize(
    ("family", "settings"),
    [
        ("bart", {"encoder_layers": 3, "decoder_layers": 1}),
        ("bart", {"encoder_attention_heads": 2, "decoder_attention_heads": 4}),
        ("t5", {"num_layers": 1, "num_decoder_layers": 3}),
        ("t5", {"d_kv": 4}),
    ],
)
def test_a_prefix_fits_decoders_of_any_make(family: str, settings: dict[str, int]) -> None:
    chosen = MENUS["adapter"].build({"prefix": {"virtual_tokens": 3}})
    network = chosen.apply(make_model(family, TWO_SIDED, **settings), seed=0).eval()
    assert answers(network, [7, 8, 9], 3).shape[0] == 3
