import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from luthier.training.batching import Plan, epoch_batches, padding_share

lengths_of_rows = st.lists(st.integers(1, 500), min_size=1, max_size=300).map(np.array)


@given(lengths_of_rows, st.integers(1, 40), st.integers(0, 2**32 - 1), st.integers(0, 5))
def test_every_row_is_in_one_batch(
    lengths: np.ndarray, batch_size: int, seed: int, epoch: int
) -> None:
    batches = epoch_batches(lengths, batch_size, seed, epoch)
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))


@given(lengths_of_rows, st.integers(1, 40))
def test_all_batches_are_full_but_at_most_one(lengths: np.ndarray, batch_size: int) -> None:
    sizes = sorted(len(rows) for rows in epoch_batches(lengths, batch_size, 0, 0))
    assert all(size == batch_size for size in sizes[1:])
    assert 1 <= sizes[0] <= batch_size


def test_batches_are_a_function_of_lengths_seed_and_epoch() -> None:
    lengths = np.random.default_rng(0).integers(1, 300, 1000)
    first = np.concatenate(epoch_batches(lengths, 32, 7, 0))
    assert (first == np.concatenate(epoch_batches(lengths, 32, 7, 0))).all()
    assert (first != np.concatenate(epoch_batches(lengths, 32, 7, 1))).any()
    assert (first != np.concatenate(epoch_batches(lengths, 32, 8, 0))).any()


def test_rows_of_like_length_go_together() -> None:
    lengths = np.random.default_rng(0).lognormal(4.5, 0.8, 4000).astype(int).clip(4, 512)
    grouped = padding_share(lengths, epoch_batches(lengths, 32, 7, 0))
    shuffled = np.random.default_rng(1).permutation(4000)
    at_random = padding_share(lengths, np.split(shuffled, 125))
    assert grouped < 0.1 < at_random


def test_the_order_of_lengths_stays_random() -> None:
    lengths = np.arange(1, 2049)
    widths = [int(lengths[rows].max()) for rows in epoch_batches(lengths, 16, 7, 0)]
    assert abs(np.corrcoef(widths, range(len(widths)))[0, 1]) < 0.3


def test_a_plan_counts_its_steps() -> None:
    plan = Plan(np.ones(100, int), batch_size=32, micro_batch_size=8, num_epochs=3, seed=0)
    assert (plan.steps_per_epoch, plan.num_steps, plan.last_epoch) == (4, 12, 2)


def test_max_steps_cuts_a_plan() -> None:
    plan = Plan(np.ones(100, int), 32, 8, 3, 0, max_steps=5)
    assert (plan.num_steps, plan.last_epoch) == (5, 1)


def test_micro_batches_are_the_whole_batch_in_parts() -> None:
    plan = Plan(np.ones(100, int), 32, 12, 1, 0)
    rows = plan.batches(0)[0]
    parts = plan.micro_batches(rows)
    assert [len(part) for part in parts] == [12, 12, 8]
    assert (np.concatenate(parts) == rows).all()


@given(lengths_of_rows, st.integers(1, 40), st.integers(1, 8), st.integers(1, 5))
def test_processes_divide_a_batch_into_as_many_parts_each(
    lengths: np.ndarray, batch_size: int, micro_batch_size: int, processes: int
) -> None:
    plan = Plan(lengths, batch_size, micro_batch_size, 1, 0)
    rows = plan.batches(0)[-1]
    crew = [plan.micro_batches(rows, rank, processes) for rank in range(processes)]
    assert len({len(parts) for parts in crew}) == 1
    assert sorted(np.concatenate([p for parts in crew for p in parts])) == sorted(rows)
    assert all(len(part) <= micro_batch_size for parts in crew for part in parts)


@given(lengths_of_rows, st.integers(2, 5))
def test_processes_have_like_numbers_of_tokens(lengths: np.ndarray, processes: int) -> None:
    plan = Plan(lengths, 40, 40, 1, 0)
    rows = plan.batches(0)[0]
    tokens = [
        sum(lengths[part].sum() for part in plan.micro_batches(rows, rank, processes))
        for rank in range(processes)
    ]
    assert max(tokens) - min(tokens) <= lengths[rows].max()
