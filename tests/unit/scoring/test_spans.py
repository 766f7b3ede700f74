import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities

from luthier.core.errors import UserError
from luthier.scoring.answers import TagAnswers
from luthier.scoring.spans import span_counts, spans_of, strict_spans_of

PREFIXES = ["B-", "I-", "E-", "S-", "O", "L-", "U-", ".", "x", "B", "I", ""]
TYPES = ["person", "place", "a-b", "-", "_", ""]
ANY_TAG = st.tuples(st.sampled_from(PREFIXES), st.sampled_from(TYPES)).map("".join).filter(bool)
IOB2_TAG = st.sampled_from(["O", "B-x", "I-x", "B-y", "I-y", "B", "I"])


def seqevals(tags):
    with warnings.catch_warnings(action="ignore"):
        return get_entities(tags)


@given(st.lists(ANY_TAG | st.text(min_size=1, max_size=4), max_size=12))
def test_spans_are_seqevals_whatever_the_tags(tags):
    assert spans_of(tags) == seqevals(tags)


@given(st.lists(IOB2_TAG, max_size=12))
def test_spans_of_iob2_are_seqevals(tags):
    assert spans_of(tags) == seqevals(tags)


@given(st.lists(IOB2_TAG, max_size=12))
def test_strict_spans_are_seqevals_in_strict_mode(tags):
    entities = Entities([tags], IOB2).entities[0]
    assert strict_spans_of(tags) == [(one.tag, one.start, one.end - 1) for one in entities]


@pytest.mark.parametrize(
    "tags",
    [
        ["I-a", "I-a", "O", "I-b", "B-b", "I-b"],  # IOB1
        ["B-a", "I-a", "O", "B-b", "B-b", "I-b"],  # IOB2
        ["B-a", "E-a", "O", "S-b", "B-b", "E-b"],  # IOBES
    ],
)
def test_the_usual_schemes_all_say_the_same(tags):
    assert spans_of(tags) == [("a", 0, 1), ("b", 3, 3), ("b", 4, 5)]


def test_strictly_an_entity_that_nothing_began_is_none():
    assert strict_spans_of(["I-a", "B-a", "I-b", "I-a"]) == [("a", 1, 1)]


def test_strictly_other_schemes_are_refused_with_the_remedy():
    with pytest.raises(UserError, match=r"the data has `S-a`\. Leave `strict` out\."):
        strict_spans_of(["S-a"])


def test_entities_are_counted_by_row_and_type():
    answers = TagAnswers(
        [["B-a", "O", "B-b"], ["O"]], [["B-a", "B-b", "B-c"], ["B-c"]], labels=["b", "a"]
    )
    types, counts = span_counts(answers)
    assert types == ["b", "a", "c"]
    right, there, found = counts.swapaxes(0, 1)
    assert np.array_equal(right, [[0, 1, 0], [0, 0, 0]])
    assert np.array_equal(there, [[1, 1, 0], [0, 0, 0]])
    assert np.array_equal(found, [[1, 1, 1], [0, 0, 1]])
