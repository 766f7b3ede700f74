"""QLoRA: what it says without bitsandbytes, and that it learns, comes back and merges with it."""

from pathlib import Path
from typing import Any

import pytest
import torch

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.models.adapter import moving
from luthier.models.adapters import qlora
from luthier.models.load import load_model, load_tuned
from luthier.models.merge import merge
from luthier.models.quiet import quiet
from luthier.models.save import save_model
from tests.tiny import make_model, save_tiny, tokenizer_of

CAUSAL, CLASSIFIER = "AutoModelForCausalLM", "AutoModelForSequenceClassification"
TOKENS = torch.randint(6, 40, (2, 6), generator=torch.Generator().manual_seed(0))


def build() -> Any:
    return MENUS["adapter"].build({"qlora": {"rank": 2, "alpha": 4}})


def test_without_bitsandbytes_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qlora, "is_bitsandbytes_available", lambda: False)
    with pytest.raises(UserError, match=r"pip install 'luthier\[qlora\]'"):
        build().load_settings()


def quantised(folder: Path, family: str, auto_class: str = CAUSAL) -> Any:
    pytest.importorskip("bitsandbytes")
    save_tiny(folder, family)
    adapter = build()
    model = load_model(str(folder), auto_class, adapter.load_settings(), seed=0)
    return adapter.apply(model, seed=0)


def moved(network: Any) -> Any:
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.requires_grad:
                parameter += 0.1
    return network.eval()


def logits(network: Any) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = network(input_ids=TOKENS).logits
    return found


def test_a_step_lowers_the_loss(tmp_path: Path) -> None:
    network = quantised(tmp_path, "llama")
    optimizer = torch.optim.Adam([p for p in network.parameters() if p.requires_grad], lr=0.02)
    losses = []
    for _ in range(3):
        loss = network(input_ids=TOKENS, labels=TOKENS).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[2] < losses[0]


def test_packed_weights_count_as_many_as_they_stand_for(tmp_path: Path) -> None:
    plain = moving(make_model("llama", CAUSAL)).total
    count = moving(quantised(tmp_path, "llama"))
    assert count.total - count.parameters == plain


def test_asking_changes_no_weights(tmp_path: Path) -> None:
    network = quantised(tmp_path, "llama")
    before = [p.clone() for p in network.parameters()]
    logits(network.eval())
    assert all(map(torch.equal, before, network.parameters()))


def test_what_is_saved_answers_the_same(tmp_path: Path) -> None:
    network = moved(quantised(tmp_path / "base", "llama"))
    save_model(network, tokenizer_of("llama"), tmp_path / "saved", base="catalog:tiny")
    again = load_tuned(
        str(tmp_path / "saved"), str(tmp_path / "base"), CAUSAL, build().load_settings(), seed=0
    )
    assert torch.equal(logits(again.eval()), logits(network))


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_merged_weights_are_plain_and_answer_the_same(family: str, tmp_path: Path) -> None:
    network = moved(quantised(tmp_path, family))
    expected = logits(network)
    with quiet():
        merged = merge(network)
    assert {p.dtype for p in merged.parameters()} == {torch.float32}
    torch.testing.assert_close(logits(merged.eval()), expected, rtol=0, atol=1e-5)


def test_transposed_weights_do_not_merge(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="GPT2LMHeadModel cannot be merged"):
        merge(quantised(tmp_path, "gpt2"))


def test_a_head_in_four_bits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"`bert\.pooler`, of the head"):
        quantised(tmp_path, "bert", CLASSIFIER)
