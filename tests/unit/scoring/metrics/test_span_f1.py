import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from seqeval.metrics import classification_report, f1_score, precision_score, recall_score
from seqeval.scheme import IOB2

from luthier.core.errors import UserError
from luthier.scoring.answers import TagAnswers
from luthier.scoring.metrics.span_f1 import SpanF1
from luthier.scoring.metrics.span_precision import SpanPrecision
from luthier.scoring.metrics.span_recall import SpanRecall
from tests.unit.scoring.random_answers import counted, repeated, tags

each_metric = pytest.mark.parametrize(
    ("metric", "seqevals"),
    [(SpanF1, f1_score), (SpanPrecision, precision_score), (SpanRecall, recall_score)],
    ids=["f1", "precision", "recall"],
)


@each_metric
@pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
@given(case=counted(TagAnswers))
@settings(max_examples=40)
def test_each_average_is_seqevals_of_the_rows_written_out(metric, seqevals, average, case):
    answers, times = case
    rows = repeated(answers, times)
    with warnings.catch_warnings(action="ignore"):  # numpy's mean of no type at all
        expected = seqevals(rows.references, rows.predictions, average=average, zero_division=0)
    value = metric(average=average).value(answers, times)
    assert value == pytest.approx(np.nan_to_num(expected), abs=1e-12)


@each_metric
@given(answers=tags())
@settings(max_examples=40)
def test_strict_is_seqevals_strict_mode(metric, seqevals, answers):
    with warnings.catch_warnings(action="ignore"):
        expected = seqevals(
            answers.references,
            answers.predictions,
            mode="strict",
            scheme=IOB2,
            zero_division=0,
        )
    value = metric(strict=True).value(answers)
    assert value == pytest.approx(np.nan_to_num(expected), abs=1e-12)


ANSWERS = TagAnswers(
    [["B-person", "I-person", "O", "B-place"], ["B-place", "O"]],
    [["B-person", "I-person", "O", "B-person"], ["B-place", "I-place"]],
    ["person", "place"],
)


@pytest.mark.parametrize(
    ("metric", "column"),
    [(SpanF1, "f1-score"), (SpanPrecision, "precision"), (SpanRecall, "recall")],
)
@pytest.mark.parametrize("type", ["person", "place"])
def test_one_type_is_its_row_of_seqevals_report(metric, column, type):
    report = classification_report(
        ANSWERS.references, ANSWERS.predictions, output_dict=True, zero_division=0
    )
    assert metric(type=type).value(ANSWERS) == pytest.approx(report[type][column])


def test_an_unknown_type_is_refused_with_the_nearest():
    with pytest.raises(UserError, match=r"no entity is a `persons`\. Did you mean `person`\?"):
        SpanF1(type="persons").value(ANSWERS)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "span_f1"),
        ({"average": "macro"}, "span_f1_macro"),
        ({"type": "place", "strict": True}, "span_f1_place_strict"),
    ],
)
def test_its_name_tells_the_options(options, name):
    assert SpanF1(**options).name() == name
