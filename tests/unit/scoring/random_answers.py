"""Random answers for the tests of metrics: ties, missing classes, a single class, weights of 0."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from luthier.scoring.metric import Answers, Floats


@st.composite
def answers(draw: st.DrawFn, least: int = 2, most: int = 5, complete: bool = False) -> Answers:
    """1 to 40 rows of `least` to `most` classes; probabilities often tie.

    Classes may be missing among the references, unless they are to be complete.
    """
    size = draw(st.integers(least, most))
    every = list(range(size)) if complete else []
    rows = draw(st.integers(len(every) or 1, 40))
    number = st.integers(0, size - 1)
    column = st.lists(number, min_size=rows, max_size=rows)
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps = draw(st.sampled_from([2, 4, 1000]))
    scores = generator.integers(1, steps + 1, (rows, size)).astype(float)
    return Answers(
        references=np.array((every + draw(column))[:rows]),
        predictions=np.array(draw(column)),
        probabilities=scores / scores.sum(axis=1, keepdims=True),
        labels=[f"class {i}" for i in range(size)],
        positive=draw(number),
    )


@st.composite
def weighted(draw: st.DrawFn, **shape: Any) -> tuple[Answers, Floats]:
    """Answers and positive row weights."""
    found = draw(answers(**shape))
    weight = st.floats(0.1, 10)
    return found, np.array(draw(st.lists(weight, min_size=len(found), max_size=len(found))))


@st.composite
def counted(draw: st.DrawFn, **shape: Any) -> tuple[Answers, Floats]:
    """Answers and how often each row is to be counted, at least one of them once."""
    found = draw(answers(**shape))
    times = draw(st.lists(st.integers(0, 3), min_size=len(found), max_size=len(found)))
    times[draw(st.integers(0, len(found) - 1))] += 1
    return found, np.array(times, float)


def repeated(found: Answers, times: Floats) -> Answers:
    """The answers with row i written out times[i] times."""
    assert found.probabilities is not None
    rows = np.repeat(np.arange(len(found)), times.astype(int))
    return Answers(
        found.references[rows],
        found.predictions[rows],
        found.probabilities[rows],
        found.labels,
        found.positive,
    )
