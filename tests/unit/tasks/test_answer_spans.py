import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.tasks.answer_spans import best_null_threshold, best_of_rows, best_spans
from luthier.tasks.encoded import EncodedBatch, gather


def brute_force(starts, ends, inside, most):
    spans = {
        (i, j): float(starts[i] + ends[j])
        for i in range(len(starts))
        for j in range(i, min(i + most, len(starts)))
        if inside[i] and inside[j]
    }
    return max(spans, key=spans.__getitem__), spans


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 15))
@settings(deadline=None)
def test_no_span_scores_higher(seed: int, length: int, most: int):
    generator = torch.Generator().manual_seed(seed)
    starts, ends = torch.randn(2, 1, length, generator=generator)
    inside = torch.rand(1, length, generator=generator) < 0.7
    inside[0, int(torch.randint(length, (), generator=generator))] = True
    ((begin, end, score, total),) = best_spans(starts, ends, inside, most).tolist()
    best, spans = brute_force(starts[0], ends[0], inside[0], most)
    assert (begin, end) == best
    assert score == pytest.approx(spans[best])
    assert total == pytest.approx(np.log(np.exp(list(spans.values())).sum()), abs=1e-5)


def test_a_window_without_context_has_no_span():
    nothing = torch.zeros(1, 3, dtype=torch.bool)
    ((*_, score, total),) = best_spans(torch.zeros(1, 3), torch.zeros(1, 3), nothing, 2).tolist()
    assert score == total == -np.inf


def test_the_best_window_of_a_row_answers_and_the_lowest_null_counts():
    tokens = {"input_ids": [[1, 2], [3, 4], [5, 6]]}
    chars = {"begins": [[0, 2], [2, 4], [7, 9]], "ends": [[1, 3], [3, 5], [8, 10]]}
    encoded = gather(
        [EncodedBatch(tokens, {}, [2, 2, 2], ["a" * 32] * 3, lists=chars, parts=[2, 1])]
    )
    # of each window: first and last token, score, log sum exp, score of no answer
    outputs = np.array([[0, 0, 1, 1, 4], [0, 1, 3, 3, 2], [1, 1, -5, -5, 0]], np.float32)
    found = best_of_rows(outputs, encoded)
    assert (found.begins.tolist(), found.ends.tolist()) == ([2, 9], [5, 10])
    assert (found.scores.tolist(), found.nulls.tolist()) == ([3, -5], [2, 0])
    expected = np.log([np.exp([1, 3, 2]).sum(), np.exp([-5, 0]).sum()])
    assert found.totals == pytest.approx(expected)
    assert found.are_given(0.0).tolist() == [True, False]
    assert found.are_given(None).tolist() == [True, True]


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]))),
    st.integers(-40, 40),
)
def test_no_threshold_gains_more(rows: list[tuple[int, float]], other: int):
    differences = np.array([difference for difference, _ in rows], np.float64)
    gains = np.array([gain for _, gain in rows], np.float64)
    chosen = best_null_threshold(differences, gains)
    assert gains[differences <= chosen].sum() >= gains[differences <= other / 10].sum()


def test_the_threshold_lies_between_the_rows_it_parts():
    assert best_null_threshold(np.array([3.0, -1.0, 1.0]), np.array([-1.0, 1.0, 1.0])) == 2.0


def test_a_row_without_any_span_says_nothing_about_the_threshold():
    assert best_null_threshold(np.array([np.inf, -1.0]), np.array([-1.0, 1.0])) == -0.5
    assert best_null_threshold(np.array([np.inf]), np.array([0.0])) == 0.0
