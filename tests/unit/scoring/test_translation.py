import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU, CHRF, TER

from luthier.scoring.answers import TextAnswers
from luthier.scoring.metrics.bleu import Bleu
from luthier.scoring.metrics.chrf import Chrf
from luthier.scoring.metrics.ter import Ter

WORD = st.sampled_from(["the", "cat", "Cat,", "sat", "on", "mats", "again."])
TEXT = st.lists(WORD, min_size=1, max_size=12).map(" ".join)
ROWS = st.lists(st.tuples(st.lists(TEXT, min_size=1, max_size=2), TEXT), min_size=1, max_size=6)
each_metric = pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Bleu(), BLEU(force=True)),
        (Bleu(lowercase=True, tokenize="intl"), BLEU(lowercase=True, tokenize="intl", force=True)),
        (Chrf(), CHRF()),
        (Chrf(word_order=2), CHRF(word_order=2)),
        (Ter(), TER()),
    ],
    ids=["bleu", "bleu with options", "chrf", "chrf++", "ter"],
)


def streams(references):
    longest = max(map(len, references))
    return [[row[i] if i < len(row) else None for row in references] for i in range(longest)]


@each_metric
@settings(max_examples=30)
@given(rows=ROWS)
def test_it_is_sacrebleus_corpus_score_to_the_last_bit(ours, theirs, rows):
    references, predictions = (list(column) for column in zip(*rows, strict=True))
    expected = theirs.corpus_score(predictions, streams(references)).score
    assert ours.value(TextAnswers(references, predictions)) == expected


@each_metric
@settings(max_examples=10)
@given(rows=ROWS)
def test_the_signature_is_sacrebleus(ours, theirs, rows):
    references, predictions = (list(column) for column in zip(*rows, strict=True))
    theirs.corpus_score(predictions, streams(references))
    signature = ours.signature(TextAnswers(references, predictions))
    assert signature == str(theirs.get_signature())


CHINESE = TextAnswers([["今天天气很好，我们去公园。"]], ["今天天气好，我们去了公园。"])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Bleu(), BLEU(tokenize="zh")),
        (Chrf(), CHRF()),
        (Ter(), TER(normalized=True, asian_support=True)),
    ],
)
def test_chinese_references_are_scored_by_characters(ours, theirs):
    expected = theirs.corpus_score(CHINESE.predictions, streams(CHINESE.references)).score
    assert 0 < expected < 100
    assert ours.value(CHINESE) == expected
    assert ours.signature(CHINESE) == str(theirs.get_signature())


def test_the_tokenizer_that_is_named_is_taken():
    assert "tok:13a" in Bleu(tokenize="13a").signature(CHINESE)
    assert "asian:no" in Ter(edits="words").signature(CHINESE)


def test_a_row_without_reference_counts_as_an_empty_one():
    answers = TextAnswers([["the cat sat on mats"], []], ["the cat sat on mats", "again"])
    expected = BLEU(force=True).corpus_score(answers.predictions, [["the cat sat on mats", ""]])
    assert Bleu().value(answers) == expected.score


@each_metric
def test_replicates_are_sacrebleus_scores_of_the_resampled_rows(ours, theirs):
    references = [["the cat sat on mats again."], ["a cat"], ["the dog, the dog"]]
    predictions = ["the cat sat on the mats", "cat", "the dog the dog"]
    weights = np.random.default_rng(0).integers(0, 3, (5, 3)).astype(float)
    weights[:, 0] += 1
    found = ours.replicates(TextAnswers(references, predictions), weights)
    for value, row in zip(found, weights, strict=True):
        rows = np.repeat(np.arange(3), row.astype(int))
        expected = theirs.corpus_score(
            [predictions[i] for i in rows], [[references[i][0] for i in rows]]
        )
        assert value == pytest.approx(expected.score)
