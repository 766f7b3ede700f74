"""Random answers for the tests of metrics: ties, missing classes, a single class, weights of 0."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st

from luthier.scoring.answers import (
    Answers,
    ClassAnswers,
    Floats,
    Integers,
    LabelSetAnswers,
    NumberAnswers,
    TagAnswers,
    TextAnswers,
)

ENGLISH = ["a", "cat", "sat", "The", "cat.", "on", "mats", "running", "3.5"]
CHINESE = ["猫", "坐", "在", "垫子", "上", "的"]


@st.composite
def answers(draw: st.DrawFn, least: int = 2, most: int = 5, complete: bool = False) -> ClassAnswers:
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
    return ClassAnswers(
        references=np.array((every + draw(column))[:rows]),
        predictions=np.array(draw(column)),
        probabilities=scores / scores.sum(axis=1, keepdims=True),
        labels=[f"class {i}" for i in range(size)],
        positive=draw(number),
    )


@st.composite
def label_sets(draw: st.DrawFn) -> LabelSetAnswers:
    """1 to 20 rows of 1 to 4 labels; some labels are nowhere, some rows have none."""
    rows, size = draw(st.integers(1, 20)), draw(st.integers(1, 4))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    share = draw(st.sampled_from([0.1, 0.5, 0.9]))
    probabilities = generator.random((rows, size))
    return LabelSetAnswers(
        references=generator.random((rows, size)) < share,
        predictions=probabilities < share,
        probabilities=probabilities,
        labels=[f"label {i}" for i in range(size)],
    )


@st.composite
def numbers(draw: st.DrawFn) -> NumberAnswers:
    """1 to 20 rows of numbers that often tie."""
    rows = draw(st.integers(1, 20))
    column = st.lists(st.integers(-8, 8), min_size=rows, max_size=rows)
    return NumberAnswers(*(np.array(draw(column)) / 4 for _ in "rp"))


@st.composite
def tags(draw: st.DrawFn) -> TagAnswers:
    """1 to 8 rows of 0 to 6 tags, well formed or not."""
    tag = st.sampled_from(["O", "B-person", "I-person", "B-place", "I-place"])
    lengths = draw(st.lists(st.integers(0, 6), min_size=1, max_size=8))
    sides = [
        [draw(st.lists(tag, min_size=length, max_size=length)) for length in lengths] for _ in "rp"
    ]
    return TagAnswers(*sides, labels=["person", "place"])


@st.composite
def texts(draw: st.DrawFn, chinese: bool | None = None) -> TextAnswers:
    """1 to 8 rows of texts in one language with up to three references, in English also none."""
    chinese = draw(st.booleans()) if chinese is None else chinese
    words, joint = (CHINESE, "") if chinese else (ENGLISH, " ")
    word, answer_word = st.sampled_from(words), st.sampled_from([*words, "GPU"])
    text = st.lists(word, min_size=int(chinese), max_size=8).map(joint.join)
    answer = st.lists(answer_word, max_size=8).map(joint.join)
    rows = draw(st.integers(1, 8))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tokens, samples = generator.integers(0, 9, rows), generator.integers(2, 6, rows)
    return TextAnswers(
        references=[draw(st.lists(text, min_size=int(chinese), max_size=3)) for _ in range(rows)],
        predictions=[draw(answer) for _ in range(rows)],
        numbers={
            "nll": tokens * generator.random(rows),
            "tokens": tokens.astype(float),
            "right": generator.integers(0, tokens + 1).astype(float),
            "samples": samples.astype(float),
            "passed": generator.integers(0, samples + 1).astype(float),
            "reward": generator.normal(size=rows),
        },
    )


OF_KIND: Mapping[type[Answers], Callable[..., st.SearchStrategy[Any]]] = {
    ClassAnswers: answers,
    LabelSetAnswers: label_sets,
    NumberAnswers: numbers,
    TagAnswers: tags,
    TextAnswers: texts,
}


@st.composite
def weighted(
    draw: st.DrawFn, kind: type[Answers] = ClassAnswers, **shape: Any
) -> tuple[Any, Floats]:
    """Answers of a kind and positive row weights."""
    found = draw(OF_KIND[kind](**shape))
    weight = st.floats(0.1, 10)
    return found, np.array(draw(st.lists(weight, min_size=len(found), max_size=len(found))))


@st.composite
def counted(
    draw: st.DrawFn, kind: type[Answers] = ClassAnswers, **shape: Any
) -> tuple[Any, Floats]:
    """Answers of a kind and how often each row is to be counted, at least one of them once."""
    found = draw(OF_KIND[kind](**shape))
    times = draw(st.lists(st.integers(0, 3), min_size=len(found), max_size=len(found)))
    times[draw(st.integers(0, len(found) - 1))] += 1
    return found, np.array(times, float)


def repeated(found: Any, times: Floats) -> Any:
    """The answers with row i written out times[i] times."""
    return taken(found, np.repeat(np.arange(len(found)), times.astype(int)))


def taken(found: Any, rows: Integers) -> Any:
    """The answers to some rows, in the order given."""
    if isinstance(found, TextAnswers):
        return TextAnswers(
            [found.references[i] for i in rows],
            [found.predictions[i] for i in rows],
            {name: column[rows] for name, column in found.numbers.items()},
        )
    columns = {}
    for name in ("references", "predictions", "probabilities"):
        column = getattr(found, name, None)
        if isinstance(column, list):
            columns[name] = [column[i] for i in rows]
        elif column is not None:
            columns[name] = column[rows]
    return dataclasses.replace(found, **columns)
