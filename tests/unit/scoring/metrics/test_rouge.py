import pytest
from hypothesis import given, settings
from rouge_score.rouge_scorer import RougeScorer

from luthier.scoring.answers import TextAnswers
from luthier.scoring.metrics.rouge import Rouge
from tests.unit.scoring.random_answers import texts

each_kind = pytest.mark.parametrize("kind", ["rouge1", "rouge2", "rougeL"])


@each_kind
@settings(max_examples=40)
@given(answers=texts(chinese=False))
def test_it_is_the_mean_of_rouge_scores_best(kind, answers):
    scorer = RougeScorer([kind])
    expected = [
        scorer.score_multi(references or [""], prediction)[kind].fmeasure
        for references, prediction in zip(answers.references, answers.predictions, strict=True)
    ]
    assert Rouge(kind=kind).value(answers) == pytest.approx(sum(expected) / len(answers))


@each_kind
def test_chinese_is_not_worth_0(kind):
    answers = TextAnswers([["今天天气很好"]], ["今天天气不错"])
    shared, total = (6, 10) if kind == "rouge2" else (8, 12)
    assert Rouge(kind=kind).value(answers) == pytest.approx(shared / total)


def test_the_stemmer_takes_cats_for_cat():
    answers = TextAnswers([["many cats"]], ["many cat"])
    assert Rouge(kind="rouge1").value(answers) == 0.5
    assert Rouge(kind="rouge1", use_stemmer=True).value(answers) == 1


@each_kind
def test_its_name_is_its_kind(kind):
    assert Rouge(kind=kind).name() == kind
