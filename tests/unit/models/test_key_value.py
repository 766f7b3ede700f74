"""Reserved memory holds what transformers' own cache would."""

import pytest
import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache
from transformers.cache_utils import DynamicLayer

from luthier.models.key_value import Reserved, reserve

BF16 = torch.bfloat16


def states(positions: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    keys, values = torch.randn(2, 3, 4, positions, 5, generator=torch.manual_seed(seed))
    return keys, values


def test_it_gives_back_what_was_put_in_step_by_step() -> None:
    ours, theirs = Reserved(3, None), DynamicLayer()
    for step, positions in enumerate([6, 1, 2]):
        found = ours.update(*states(positions, step))
        expected = theirs.update(*states(positions, step))
        assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))
        assert ours.get_seq_length() == theirs.get_seq_length()
        assert ours.get_mask_sizes(1) == theirs.get_mask_sizes(1)


def test_it_holds_the_format_of_products() -> None:
    keys, values = Reserved(1, BF16).update(*states(2))
    assert torch.equal(keys, states(2)[0].to(BF16))
    assert torch.equal(values, states(2)[1].to(BF16))


def test_a_step_more_than_was_reserved_is_refused() -> None:
    layer = Reserved(1, None)
    layer.update(*states(2))
    layer.update(*states(1))
    with pytest.raises(RuntimeError, match="exceeds"):
        layer.update(*states(1))


def test_rows_leave_and_the_others_go_on() -> None:
    ours, theirs, rows = Reserved(2, None), DynamicLayer(), torch.tensor([0, 2])
    for layer in (ours, theirs):
        layer.update(*states(3))
        layer.batch_select_indices(rows)
        layer.update(*(s[rows] for s in states(1, 1)))
    last = [s[rows] for s in states(1, 2)]
    for found, expected in zip(ours.update(*last), theirs.update(*last), strict=True):
        assert torch.equal(found, expected)


def test_of_an_encoder_decoder_only_what_is_written_is_reserved() -> None:
    cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
    for half in (cache.self_attention_cache, cache.cross_attention_cache):
        half.layers = [DynamicLayer()]
    reserve(cache, 4, None)
    assert isinstance(cache.self_attention_cache.layers[0], Reserved)
    assert not isinstance(cache.cross_attention_cache.layers[0], Reserved)


def test_a_layer_that_holds_something_is_left_alone() -> None:
    cache = DynamicCache()
    cache.update(*states(2), 0)
    before = cache.layers[0]
    reserve(cache, 4, None)
    assert cache.layers[0] is before
