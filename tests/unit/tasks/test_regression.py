from pathlib import Path

import numpy as np
import pytest
from transformers import AutoConfig, AutoModelForSequenceClassification, BertConfig

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.scoring.answers import NumberAnswers
from luthier.tasks.library.regression import Regression
from tests.tiny import FAMILIES, tokenizer_of
from tests.unit.tasks.tiny_tasks import assert_same, tiny_task

each_family = pytest.mark.parametrize("family", FAMILIES)
TEXTS = ["win money now", "the team is here", "see you tomorrow", "很好看"]
ROWS = [
    Row({"text": text, "score": score})
    for text, score in zip(TEXTS, [1000.0, 2000.0, 1500.0, 3000.0], strict=True)
]
PAIRS = [
    Row({"text": "win", "text_pair": "money", "score": 0.5}),
    Row({"text": "see you", "text_pair": "tomorrow", "score": 4}),
]
STANDARD = [Row({"text": text, "score": (-1) ** number}) for number, text in enumerate(TEXTS)]
NAME = "regression"


def learnt(rows=ROWS, **options) -> Regression:
    task = Regression(**options)
    task.learn(rows)
    return task


def test_the_model_learns_standardised_scores():
    batch = tiny_task(NAME, "bert", ROWS).batch(ROWS)
    scores = np.array([row["score"] for row in ROWS])
    np.testing.assert_allclose(batch["labels"], (scores - scores.mean()) / scores.std(), rtol=1e-6)


def test_predictions_and_references_are_in_the_rows_own_unit():
    tiny = tiny_task(NAME, "bert", ROWS)
    tiny.train(ROWS, steps=80)
    found = tiny.answers(ROWS)
    assert isinstance(found, NumberAnswers)
    assert found.references.tolist() == [1000, 2000, 1500, 3000]
    np.testing.assert_allclose(found.predictions, found.references, atol=100)


def test_scores_that_are_all_the_same_are_refused():
    with pytest.raises(UserError, match="every training row has the score 3"):
        learnt([Row({"text": "a", "score": 3.0}), Row({"text": "b", "score": 3.0})])


def test_an_unknown_metric_gets_the_nearest():
    with pytest.raises(UserError, match="Did you mean `spearman`"):
        learnt(metric="spearmann")


def test_the_correlation_decides_unless_the_recipe_names_another():
    assert learnt().primary == "pearson"
    task = learnt(metric="mean_absolute_error")
    assert task.primary == "mean_absolute_error"
    assert task.primary in [metric.name() for metric in task.metrics()]


def test_a_row_without_a_score_is_asked_but_teaches_nothing():
    rows = [*ROWS, Row({"text": "it is free"})]
    tiny = tiny_task(NAME, "bert", ROWS)
    assert len(tiny.task.targets(tiny.batch(rows)).labels) == len(ROWS)
    assert np.isfinite(tiny.answers(rows).answer(4)["prediction"])


def test_a_pair_is_read_together():
    encoded = learnt(PAIRS).encode(PAIRS, tokenizer_of("bert"), 64)
    assert encoded.tokens["token_type_ids"] == [[0, 0, 0, 1, 1], [0, 0, 0, 0, 1, 1]]


def test_a_model_that_was_not_tuned_for_it_is_refused():
    with pytest.raises(UserError, match="not tuned for regression"):
        Regression().restore(BertConfig())


@each_family
def test_the_loss_and_its_gradients_are_those_of_transformers(family):
    tiny = tiny_task(NAME, family, STANDARD)
    assert tiny.task.model_settings()["score_std"] == 1
    assert_same(tiny.loss(STANDARD), tiny.their_loss(STANDARD))


@each_family
def test_micro_batches_change_nothing(family):
    tiny = tiny_task(NAME, family, ROWS)
    assert_same(tiny.loss(ROWS[:1], ROWS[1:]), tiny.loss(ROWS))


@each_family
def test_padding_does_not_change_a_number(family):
    tiny = tiny_task(NAME, family, ROWS)
    alone = [tiny.answers([row]).predictions[0] for row in ROWS]
    np.testing.assert_allclose(alone, tiny.answers(ROWS).predictions, rtol=1e-5)


@each_family
@pytest.mark.parametrize("rows", [ROWS, PAIRS], ids=["texts", "pairs"])
def test_the_loss_falls(family, rows):
    before, after = tiny_task(NAME, family, rows).train(rows)
    assert after < 0.75 * before


@each_family
def test_plain_transformers_gives_numbers_that_the_configuration_undoes(family, tmp_path: Path):
    tiny = tiny_task(NAME, family, ROWS)
    tiny.model.save_pretrained(tmp_path)
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path).eval()
    batch = {n: values for n, values in tiny.batch(ROWS).items() if n != "labels"}
    config = AutoConfig.from_pretrained(tmp_path)
    numbers = model(**batch).logits.detach()[:, 0] * config.score_std + config.score_mean
    np.testing.assert_allclose(numbers, tiny.answers(ROWS).predictions, rtol=1e-5)
    restored = Regression()
    restored.restore(config)
    assert restored.model_settings() == tiny.task.model_settings()


def test_an_example_is_rendered_with_what_the_loss_asks():
    rendered = learnt().render(ROWS[0], tokenizer_of("bert"), 16)
    assert rendered == "[CLS] win money now [SEP] → [1000.0]"
