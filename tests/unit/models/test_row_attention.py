from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention as fused
from transformers.masking_utils import bidirectional_mask_function, causal_mask_function

from luthier.models import row_attention as module
from luthier.models.row_attention import attend, attention_for, row_mask
from tests.tiny import DECODERS, ENCODER_DECODERS, ENCODERS, make_model, pretrained_class

LENGTHS = ([5, 5, 5], [2, 5, 1], [1, 1, 1], [7, 6, 3])


class Layer(torch.nn.Module):
    is_causal = False


def drawn(
    lengths: list[int], *, heads: int = 2, kv_heads: int = 2
) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(0)
    shape = (max(lengths), 4)
    query, key, value = (
        torch.randn(len(lengths), number, *shape, dtype=torch.float64, requires_grad=True)
        for number in (heads, kv_heads, kv_heads)
    )
    return query, key, value


def mask_of(lengths: list[int], *, is_causal: bool) -> Tensor | None:
    length = max(lengths)
    padding = torch.arange(length) < torch.tensor(lengths)[:, None]
    return row_mask(
        batch_size=len(lengths),
        q_length=length,
        kv_length=length,
        mask_function=causal_mask_function if is_causal else bidirectional_mask_function,
        attention_mask=padding,
        allow_is_causal_skip=False,
    )


def compared(
    lengths: list[int], inputs: tuple[Tensor, Tensor, Tensor], output: Tensor
) -> list[Tensor]:
    """Output and gradients at the tokens that there are."""
    inside = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    torch.manual_seed(1)
    weights = torch.randn(output.shape, dtype=output.dtype) * inside[:, :, None, None]
    gradients = torch.autograd.grad((output * weights).sum(), inputs)
    return [output * inside[:, :, None, None], *gradients]


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("scores", [2**19, 60, 1])
@pytest.mark.parametrize("kept_bytes", [2**26, 0])
def test_it_is_attention(
    kept_bytes: int,
    scores: int,
    lengths: list[int],
    is_causal: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_SCORES", scores)
    monkeypatch.setattr(module, "_KEPT_BYTES", kept_bytes)
    inputs, mask = drawn(lengths), mask_of(lengths, is_causal=is_causal)
    found = compared(lengths, inputs, attend(Layer(), *inputs, mask)[0])
    expected = fused(*inputs, attn_mask=mask).transpose(1, 2)
    torch.testing.assert_close(found, compared(lengths, inputs, expected))


def test_few_key_heads_serve_many_query_heads() -> None:
    inputs, mask = drawn([5, 3], heads=6, kv_heads=2), mask_of([5, 3], is_causal=True)
    found = compared([5, 3], inputs, attend(Layer(), *inputs, mask)[0])
    expected = fused(*inputs, attn_mask=mask, enable_gqa=True).transpose(1, 2)
    torch.testing.assert_close(found, compared([5, 3], inputs, expected))


@pytest.mark.parametrize("is_causal", [False, True])
def test_without_a_mask_the_layer_says_whether_it_looks_ahead(is_causal: bool) -> None:
    inputs = drawn([5, 5])
    found = attend(Layer(), *inputs, None, is_causal=is_causal)[0]
    expected = fused(*inputs, is_causal=is_causal).transpose(1, 2)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("kept_bytes", [2**26, 0])
def test_gradients_with_dropout_are_those_of_the_same_masks(
    kept_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_KEPT_BYTES", kept_bytes)
    monkeypatch.setattr(module, "draw_seed", lambda: 11)
    lengths = [4, 2]
    mask = mask_of(lengths, is_causal=True)
    run = lambda *inputs: attend(Layer(), *inputs, mask, 0.4)[0]  # noqa: E731
    assert torch.autograd.gradcheck(run, drawn(lengths))


def test_dropout_keeps_the_mean() -> None:
    inputs = drawn([6])
    torch.manual_seed(5)
    with torch.no_grad():
        found = torch.stack([attend(Layer(), *inputs, None, 0.3)[0] for _ in range(3000)])
        expected = attend(Layer(), *inputs, None)[0]
    torch.testing.assert_close(found.mean(0), expected, atol=0.06, rtol=0)
    assert float(found.std(0).min()) > 0


def test_a_mask_of_another_kind_is_left_to_torch() -> None:
    inputs = drawn([5, 5])
    mask = torch.rand(2, 1, 5, 5) > 0.3
    mask |= torch.eye(5, dtype=torch.bool)
    found = attend(Layer(), *inputs, mask)[0]
    torch.testing.assert_close(found, fused(*inputs, attn_mask=mask).transpose(1, 2))


def test_rows_padded_on_the_left_are_left_to_torch() -> None:
    padding = torch.tensor([[False, True, True], [True, True, True]])
    mask = row_mask(
        batch_size=2, q_length=3, kv_length=3, attention_mask=padding, allow_is_causal_skip=False
    )
    assert mask is not None
    assert mask not in module._shapes


def test_elsewhere_than_on_a_processor_torch_has_better() -> None:
    assert attention_for(torch.device("cuda")) == "sdpa"


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("family", [*ENCODERS, *DECODERS, *ENCODER_DECODERS])
def test_models_answer_as_with_fused_attention(family: str, precision: torch.dtype) -> None:
    ids = torch.tensor([[2, 7, 9, 11, 3, 5], [2, 8, 3, 0, 0, 0]])
    inputs: dict[str, Any] = {"input_ids": ids, "attention_mask": (ids != 0).long()}
    if family in ENCODER_DECODERS:
        inputs["decoder_input_ids"] = ids
    seen = []
    for attention in ("sdpa", attention_for(torch.device("cpu"))):
        model = make_model(family, pretrained_class(family))
        model.set_attn_implementation(attention)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
            output = model(**inputs)[0]
        output[ids != 0].float().square().sum().backward()
        gradients = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
        seen.append((output[ids != 0].float().detach(), torch.cat(gradients)))
    tolerance = 2e-2 if precision == torch.bfloat16 else 1e-5
    for ours, theirs in zip(seen[1], seen[0], strict=True):
        assert float((ours - theirs).norm()) <= tolerance * float(theirs.norm())
