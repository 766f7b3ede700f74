import pytest
import torch

from luthier.models.keep_bits import KeepBits, draw_seed, kept

KINDS = (torch.bfloat16, torch.float16, torch.float32, torch.float64)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9])
def test_the_share_that_is_dropped_is_as_asked(p: float, kind: torch.dtype) -> None:
    found = kept(torch.ones(400, 501, dtype=kind), KeepBits(7, p).draw((400, 501), kind))
    assert set(found.unique().tolist()) <= {0.0, 1.0}
    assert float((found == 0).double().mean()) == pytest.approx(p, abs=0.005)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_what_is_kept_is_kept_to_the_bit(kind: torch.dtype) -> None:
    values = torch.randn(9, 33).to(kind)
    found = kept(values, KeepBits(7, 0.3).draw((9, 33), kind))
    assert bool(((found == values) | (found == 0)).all())
    assert 0 < int((found == 0).sum()) < found.numel()


def test_masks_of_a_stream_differ_and_the_same_seed_gives_the_same_stream() -> None:
    one, same, other = KeepBits(7, 0.5), KeepBits(7, 0.5), KeepBits(8, 0.5)
    first, second = one.draw((100,), torch.float32), one.draw((100,), torch.float32)
    assert not torch.equal(first, second)
    assert torch.equal(first, same.draw((100,), torch.float32))
    assert torch.equal(second, same.draw((100,), torch.float32))
    assert not torch.equal(first, other.draw((100,), torch.float32))


def test_neighbours_are_dropped_independently() -> None:
    mask = KeepBits(7, 0.5).draw((2**16,), torch.bfloat16).bool().double()
    for lag in (1, 2, 3, 4):
        joint = float((mask[lag:] * mask[:-lag]).mean())
        assert joint == pytest.approx(0.25, abs=0.01)


def test_seeds_come_from_torchs_generator() -> None:
    torch.manual_seed(3)
    first, second = draw_seed(), draw_seed()
    torch.manual_seed(3)
    assert first == draw_seed()
    assert first != second
