"""Every adapter with every kind of model: what moves, that it learns, and that it comes back."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from torch import Tensor
from torch.nn.functional import cross_entropy

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.core.registry import Choice
from luthier.models.adapter import Adapter
from luthier.models.load import load_tuned
from luthier.models.merge import merge
from luthier.models.quiet import quiet
from luthier.models.save import save_model, weight_bytes
from tests.tiny import DECODERS, ENCODER_DECODERS, FAMILIES, make_model, tokenizer_of

CLASSIFIER = "AutoModelForSequenceClassification"
CAUSAL = "AutoModelForCausalLM"
TWO_SIDED = "AutoModelForSeq2SeqLM"
MODELS = [
    *((family, CLASSIFIER) for family in FAMILIES),
    *((family, CAUSAL) for family in DECODERS),
    *((family, TWO_SIDED) for family in ENCODER_DECODERS),
]
LOW_RANK = {"rank": 2, "alpha": 4}
ADAPTERS: dict[str, Any] = {
    "full": "full",
    "top_layers": {"top_layers": {"count": 1}},
    "head": "head",
    "bias_only": "bias_only",
    "lora": {"lora": LOW_RANK},
    "pissa": {"lora": {**LOW_RANK, "pissa": True}},
    "dora": {"dora": LOW_RANK},
    "ia3": "ia3",
    "houlsby": {"bottleneck": {"placement": "houlsby", "reduction": 4}},
    "pfeiffer": {"bottleneck": {"placement": "pfeiffer", "reduction": 4}},
    "prompt": {"prompt": {"virtual_tokens": 3}},
    "prefix": {"prefix": {"virtual_tokens": 3}},
    "p_tuning": {"p_tuning": {"virtual_tokens": 3}},
}
PLAIN = ("full", "top_layers", "head", "bias_only")
BY_PEFT = tuple(name for name in ADAPTERS if name not in (*PLAIN, "houlsby", "pfeiffer"))
NO_WEIGHTS = ("houlsby", "pfeiffer", "prompt", "prefix", "p_tuning")

TIED = "no head of its own"
NO_BIAS = "have no biases"
NO_CACHE = "takes no keys and values"
NO_EMBEDDINGS = "needs the numbers of all its tokens"
REFUSED = {
    **{(f, CAUSAL, "head"): TIED for f in ("gpt2", "qwen2")},
    **{(f, TWO_SIDED, "head"): TIED for f in ENCODER_DECODERS},
    **{("llama", head, "bias_only"): NO_BIAS for head in (CLASSIFIER, CAUSAL)},
    **{("t5", head, "bias_only"): NO_BIAS for head in (CLASSIFIER, TWO_SIDED)},
    ("distilbert", CLASSIFIER, "ia3"): "PEFT does not know what to scale",
    **{(f, CLASSIFIER, "prefix"): NO_CACHE for f in ("distilbert", *ENCODER_DECODERS)},
    **{
        (family, CLASSIFIER, adapter): NO_EMBEDDINGS
        for family in (*DECODERS, *ENCODER_DECODERS)
        for adapter in ("prompt", "p_tuning")
    },
}
PAIRS = [(*m, adapter) for m in MODELS for adapter in ADAPTERS if (*m, adapter) not in REFUSED]
PEFT_PAIRS = [pair for pair in PAIRS if pair[2] in BY_PEFT]
MERGING_PAIRS = [pair for pair in PAIRS if pair[2] not in NO_WEIGHTS]
STUBBORN_PAIRS = [pair for pair in PAIRS if pair[2] in NO_WEIGHTS]


NAMES = {
    "lora": r"\.lora_[AB]\.default\.weight$",
    "pissa": r"\.lora_[AB]\.default\.weight$",
    "dora": r"\.lora_([AB]|magnitude_vector)\.default\.weight$",
    "ia3": r"\.ia3_l\.default$",
    "houlsby": r"\.bottleneck\.(down|up)\.(weight|bias)$",
    "pfeiffer": r"\.bottleneck\.(down|up)\.(weight|bias)$",
    "prompt": r"^prompt_encoder\.default\.embedding\.weight$",
    "prefix": r"^prompt_encoder\.default\.embedding\.weight$",
    "p_tuning": r"^prompt_encoder\.default\.(embedding|mlp_head\.\d)\.(weight|bias)$",
}
HEADS = {
    "bert": ("bert.pooler.dense", "classifier"),
    "distilbert": ("pre_classifier", "classifier"),
    "roberta": ("classifier.dense", "classifier.out_proj"),
    "gpt2": ("score",),
    "llama": ("score",),
    "qwen2": ("score",),
    "t5": ("classification_head.dense", "classification_head.out_proj"),
    "bart": ("classification_head.dense", "classification_head.out_proj"),
}


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    folder = tmp_path_factory.mktemp("bases")
    found = {}
    for family, auto_class in MODELS:
        found[family, auto_class] = folder / f"{family}-{auto_class}"
        with quiet():
            make_model(family, auto_class).save_pretrained(found[family, auto_class])
    return found


def adapted(family: str, auto_class: str, adapter: str, *, seed: int = 3) -> Any:
    chosen: Adapter = MENUS["adapter"].build(ADAPTERS[adapter])
    return chosen.apply(make_model(family, auto_class), seed=seed)


def moved(family: str, auto_class: str, adapter: str) -> Any:
    """As if it had been trained: all that moves is a little off its start."""
    network = adapted(family, auto_class, adapter)
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.requires_grad:
                parameter += 0.1 * torch.randn(parameter.shape, generator=generator)
    return network


def batch_of(family: str, auto_class: str) -> dict[str, Tensor]:
    tokenizer = tokenizer_of(family)
    end = tokenizer.sep_token_id if tokenizer.eos_token_id is None else tokenizer.eos_token_id
    tokens = torch.randint(6, 44, (4, 7), generator=torch.Generator().manual_seed(1))
    tokens[:, 6] = end  # BART answers at the last token, and it must be the end
    batch = {"input_ids": tokens, "attention_mask": torch.ones_like(tokens)}
    if auto_class == TWO_SIDED:
        batch["decoder_input_ids"] = tokens.roll(1, dims=1)
    return batch


def outputs_of(network: Any, batch: dict[str, Tensor]) -> Tensor:
    network.eval()
    with torch.inference_mode():
        logits: Tensor = network(**batch).logits
    return logits


def loss_of(network: Any, batch: dict[str, Tensor]) -> Tensor:
    logits = network(**batch).logits
    labels = torch.tensor([0, 1, 1, 0]) if logits.dim() == 2 else batch["input_ids"]
    return cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.flatten())


def moving_names(network: Any) -> set[str]:
    return {name for name, p in network.named_parameters() if p.requires_grad}


def test_every_adapter_meets_every_kind_of_model() -> None:
    chosen = {Choice.parse(written).name for written in ADAPTERS.values()}
    assert chosen | {"qlora"} == set(MENUS["adapter"].names())  # that one has tests of its own
    assert (len(MODELS), len(ADAPTERS)) == (13, 13)
    assert (len(PAIRS), len(REFUSED)) == (147, 22)
    assert Counter(adapter for *_, adapter in PAIRS) == {
        **dict.fromkeys(("full", "top_layers", "lora", "pissa", "dora", "houlsby", "pfeiffer"), 13),
        "ia3": 12,
        "prefix": 10,
        "head": 9,
        "bias_only": 9,
        "prompt": 8,
        "p_tuning": 8,
    }


@pytest.mark.parametrize("pair", REFUSED, ids="-".join)
def test_what_does_not_work_is_refused_in_one_sentence(pair: tuple[str, str, str]) -> None:
    with pytest.raises(UserError, match=REFUSED[pair]):
        adapted(*pair)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_what_moves_bears_the_adapters_name_or_is_the_head(pair: tuple[str, str, str]) -> None:
    family, auto_class, adapter = pair
    moving = moving_names(adapted(*pair))
    head = {n for n in moving if is_head(n, family)} if auto_class == CLASSIFIER else set()
    own = moving - head
    assert (len(head) > 0) == (auto_class == CLASSIFIER)
    if adapter in NAMES:
        assert own
        assert not [name for name in own if not re.search(NAMES[adapter], name)]


def is_head(name: str, family: str) -> bool:
    plain = name.removeprefix("base_model.model.").removeprefix("base_model.")
    plain = plain.replace(".modules_to_save.default", "")
    return plain.rpartition(".")[0] in HEADS[family]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_it_learns_by_gradients_of_what_moves_only(pair: tuple[str, str, str]) -> None:
    network, batch = adapted(*pair), batch_of(*pair[:2])
    moving = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(moving, lr=0.02)
    network.eval()
    before = loss_of(network, batch)
    before.backward()
    reached = {n for n, p in network.named_parameters() if p.grad is not None}
    for _ in range(4):
        optimizer.step()
        optimizer.zero_grad()
        after = loss_of(network, batch)
        after.backward()
    assert reached == moving_names(network)
    assert after < before


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_what_is_saved_answers_the_same_when_it_is_loaded(
    pair: tuple[str, str, str], bases: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    family, auto_class, _ = pair
    network, batch = moved(*pair), batch_of(family, auto_class)
    save_model(network, tokenizer_of(family), tmp_path / "saved", base="catalog:tiny")
    base = str(bases[family, auto_class])
    again = load_tuned(str(tmp_path / "saved"), base, auto_class, {}, seed=9)
    assert torch.equal(outputs_of(network, batch), outputs_of(again, batch))


@pytest.mark.parametrize("pair", PEFT_PAIRS, ids="-".join)
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
def test_peft_alone_loads_what_is_peft_s(pair: tuple[str, str, str], tmp_path: Path) -> None:
    family, auto_class, _ = pair
    network, batch = moved(*pair), batch_of(family, auto_class)
    save_model(network, tokenizer_of(family), tmp_path / "saved", base="catalog:tiny")
    plain = PeftModel.from_pretrained(make_model(family, auto_class), tmp_path / "saved")
    ours, theirs = outputs_of(network, batch), outputs_of(plain, batch)
    if ours.dim() == 3:
        theirs = theirs[:, -ours.shape[1] :]  # PEFT answers to virtual tokens, too
    assert torch.equal(ours, theirs)


@pytest.mark.parametrize("pair", MERGING_PAIRS, ids="-".join)
def test_merged_weights_answer_as_the_adapter_does(pair: tuple[str, str, str]) -> None:
    network, batch = moved(*pair), batch_of(*pair[:2])
    unmerged = outputs_of(network, batch)
    merged = merge(network)
    assert {n for n, _ in merged.named_parameters()} == {
        n for n, _ in make_model(*pair[:2]).named_parameters()
    }
    torch.testing.assert_close(outputs_of(merged, batch), unmerged, rtol=0, atol=1e-5)


@pytest.mark.parametrize("pair", STUBBORN_PAIRS, ids="-".join)
def test_what_is_no_change_of_weights_does_not_merge(pair: tuple[str, str, str]) -> None:
    with pytest.raises(UserError, match="cannot be merged"):
        merge(adapted(*pair))


@pytest.mark.parametrize("adapter", [name for name in ADAPTERS if name not in PLAIN])
def test_new_weights_come_from_the_seed(adapter: str) -> None:
    draws = [
        torch.cat([p.flatten() for p in adapted("bert", CLASSIFIER, adapter, seed=s).parameters()])
        for s in (1, 1, 2)
    ]
    assert torch.equal(draws[0], draws[1])
    # IA3 starts at one, and PiSSA at the singular vectors, whatever the seed.
    assert torch.equal(draws[0], draws[2]) == (adapter in ("ia3", "pissa"))


@pytest.mark.parametrize("adapter", ["lora", "pissa", "dora", "ia3", "houlsby", "pfeiffer"])
def test_it_starts_where_the_base_stands(adapter: str) -> None:
    batch = batch_of("llama", CAUSAL)
    base = outputs_of(make_model("llama", CAUSAL), batch)
    started = outputs_of(adapted("llama", CAUSAL, adapter), batch)
    torch.testing.assert_close(started, base, rtol=0, atol=1e-5)


@pytest.mark.parametrize("adapter", BY_PEFT)
def test_an_adapter_names_its_base_and_is_smaller(adapter: str, tmp_path: Path) -> None:
    network, tokenizer = adapted("llama", CAUSAL, adapter), tokenizer_of("llama")
    save_model(network, tokenizer, tmp_path / "adapter", base="catalog:tiny")
    save_model(make_model("llama", CAUSAL), tokenizer, tmp_path / "whole")
    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "catalog:tiny"
    assert weight_bytes(tmp_path / "adapter") < weight_bytes(tmp_path / "whole") / 3
