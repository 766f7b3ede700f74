from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForTokenClassification, BertConfig

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.scoring.answers import TagAnswers
from luthier.tasks.classes import UNKNOWN
from luthier.tasks.library.token_classification import TokenClassification
from tests.tiny import FAMILIES, config_of, tokenizer_of
from tests.unit.tasks.tiny_tasks import assert_same, tiny_task

ABLE = tuple(family for family in FAMILIES if family != "bart")
each_family = pytest.mark.parametrize("family", ABLE)
SENTENCES = [
    ("the team is in New York", "O O O O B-loc I-loc"),
    ("see Ann", "O B-per"),
    ("buy cheap pills", "O O O"),
    ("我 在 北 京 看 书", "O O B-loc I-loc O O"),
]
ROWS = [Row({"tokens": words.split(), "tags": tags.split()}) for words, tags in SENTENCES]
LONG = Row({"tokens": ["win", "money"] * 30, "tags": ["B-per", "O"] * 30})
NAME = "token_classification"
TOKENIZER = tokenizer_of("bert")


def learnt(rows=ROWS, **options) -> TokenClassification:
    task = TokenClassification(**options)
    task.learn(rows)
    return task


def column(batch, name):
    return [ids[1:-1] for ids in batch.tokens[name]]  # without [CLS] and [SEP]


def test_the_first_piece_of_each_word_carries_its_tag():
    task = learnt()
    batch = task.encode([Row({"tokens": ["seeyou", "now"], "tags": ["B-per", "O"]})], TOKENIZER, 16)
    per, outside = task.labels.index("B-per"), task.labels.index("O")
    assert column(batch, "labels") == [[per, outside]]
    assert column(batch, "words") == [[0, 1]]


def test_labels_are_aligned_as_transformers_aligns_them():
    tokenizer, task = tokenizer_of("roberta"), learnt()
    tokenizer.backend_tokenizer.pre_tokenizer.add_prefix_space = True
    for row in ROWS[:3]:
        batch = task.encode([row], tokenizer, 64)
        theirs = tokenizer(row["tokens"], is_split_into_words=True)
        assert batch.tokens["input_ids"][0] == theirs["input_ids"]
        firsts = [
            UNKNOWN if word is None or word == before else task.labels.index(row["tags"][word])
            for before, word in zip([None, *theirs.word_ids()], theirs.word_ids(), strict=False)
        ]
        assert batch.tokens["labels"][0] == firsts


def test_all_pieces_are_taught_on_demand():
    row = Row({"tokens": ["vis", "now"], "tags": ["B-loc", "O"]})
    rows, tokenizer = [*ROWS, row], tokenizer_of("gpt2")
    task = learnt(rows, label_all=True)
    labels = task.encode([row], tokenizer, 64).tokens["labels"][0]
    named = [task.labels[number] for number in labels]
    assert named == ["B-loc", "I-loc", "I-loc", "O"]
    first_only = learnt(rows).encode([row], tokenizer, 64).tokens["labels"][0]
    assert first_only == [labels[0], UNKNOWN, UNKNOWN, labels[3]]


@each_family
@pytest.mark.parametrize("max_length", [12, 20, 64])
def test_every_word_gets_exactly_one_prediction(family, max_length):
    rows = [*ROWS, LONG]
    tiny = tiny_task(NAME, family, rows, max_length=max_length)
    encoded = tiny.encode(rows)
    stops = np.cumsum(encoded.parts)
    for row, start, stop in zip(rows, stops - encoded.parts, stops, strict=True):
        flat = encoded.tokens["words"][encoded.offsets[start] : encoded.offsets[stop]]
        assert sorted(flat[flat >= 0]) == list(range(len(row["tokens"])))
    found = tiny.answers(rows)
    assert [len(tags) for tags in found.predictions] == [len(row["tokens"]) for row in rows]


def test_a_long_row_is_told_piece_by_piece_and_nothing_is_cut():
    batch = learnt().encode([LONG], TOKENIZER, 20)
    assert batch.parts == [4]
    assert batch.full_lengths == [len(ids) for ids in batch.tokens["input_ids"]]
    taught = [label for labels in batch.tokens["labels"] for label in labels if label != UNKNOWN]
    assert len(taught) == 60


def test_a_word_that_is_longer_than_the_model_reads_is_counted_as_cut():
    row = Row({"tokens": ["v" * 30, "now"], "tags": ["O", "O"]})
    batch = learnt().encode([row], tokenizer_of("gpt2"), 10)
    assert [len(ids) for ids in batch.tokens["input_ids"]] == [10, 1]
    assert batch.full_lengths == [30, 1]


@pytest.mark.parametrize("blank", ["", " ", "\x01"])
def test_a_word_that_has_no_piece_is_outside(blank):
    row = Row({"tokens": ["win", blank, "money"], "tags": ["B-per", "B-per", "B-per"]})
    found = tiny_task(NAME, "bert", ROWS).answers([row])
    assert found.predictions[0][1] == "O"
    assert len(found.predictions[0]) == 3


def test_without_an_outside_tag_it_has_the_most_frequent_one():
    rows = [Row({"tokens": ["a", "b", "c"], "tags": ["NN", "VB", "VB"]})]
    tiny = tiny_task(NAME, "bert", rows)
    assert tiny.answers([Row({"tokens": [""]})]).predictions == [["VB"]]
    again = TokenClassification()
    again.restore(BertConfig(**tiny.task.model_settings()))
    assert again.model_settings() == tiny.task.model_settings()


def test_rows_without_any_word_are_answered_too():
    found = tiny_task(NAME, "gpt2", ROWS).answers([Row({"tokens": []}), Row({"text": ""})])
    assert found.predictions == [[], []]


def test_a_training_row_without_words_is_an_error():
    tiny = tiny_task(NAME, "bert", ROWS)
    with pytest.raises(UserError, match=r"1 training row without a word.* row 2 of"):
        tiny.task.must_learn(tiny.encode([ROWS[0], Row({"tokens": ["\x01"], "tags": ["O"]})]))
    tiny.task.must_learn(tiny.encode(ROWS))


def test_numbers_as_tags_are_names_and_judged_word_by_word():
    task = learnt([Row({"tokens": ["a", "b", "c"], "tags": [10, 9, 0]})])
    assert task.labels == ["0", "9", "10"]
    assert task.primary == "token_accuracy"
    assert [metric.name() for metric in task.metrics()] == ["token_accuracy"]


def test_entities_are_judged_by_span_f1():
    task = learnt()
    assert task.primary == "span_f1"
    assert task.primary in [metric.name() for metric in task.metrics()]


def test_an_unknown_metric_gets_the_nearest():
    with pytest.raises(UserError, match="Did you mean `span_f1`"):
        learnt(metric="spanf1")


def test_a_reference_that_the_model_does_not_know_stays_as_it_is():
    row = Row({"tokens": ["win"], "tags": ["B-new"]})
    tiny = tiny_task(NAME, "bert", ROWS)
    assert tiny.answers([row]).reference(0) == ["B-new"]
    assert (tiny.batch([row])["labels"] == UNKNOWN).all()


def test_a_text_is_answered_with_its_words_and_entities():
    tiny = tiny_task(NAME, "bert", ROWS)
    tiny.train(ROWS, steps=60)
    found = tiny.answers([Row({"text": "see Ann"})]).answer(0)
    assert found["tokens"] == ["see", "Ann"]
    assert found["prediction"] == ["O", "B-per"]
    (entity,) = found["entities"]
    assert entity.pop("score") >= found["score"]
    assert entity == {"type": "per", "text": "Ann", "start": 4, "end": 7}


def test_tokens_are_answered_with_the_least_certain_share():
    tiny = tiny_task(NAME, "bert", ROWS)
    found = tiny.answers(ROWS)
    assert isinstance(found, TagAnswers)
    assert found.answer(0).keys() == {"prediction", "score"}
    batch = tiny.batch(ROWS[:1])
    with torch.inference_mode():
        logits = tiny.task.forward(tiny.model, batch)[0, 1:-1]
    assert found.answer(0)["score"] == pytest.approx(
        logits.softmax(-1).max(-1).values.min().item(), abs=1e-5
    )


def test_texts_may_be_asked_as_well_as_tokens():
    assert TokenClassification().asked == [["tokens"], ["text"]]


@each_family
def test_the_loss_and_its_gradients_are_those_of_transformers(family):
    tiny = tiny_task(NAME, family, ROWS)
    assert_same(tiny.loss(ROWS), tiny.their_loss(ROWS, without="words"))


@each_family
def test_micro_batches_and_padding_change_nothing(family):
    tiny = tiny_task(NAME, family, ROWS)
    assert_same(tiny.loss(ROWS[:1], ROWS[1:2], ROWS[2:]), tiny.loss(ROWS))


@each_family
def test_padding_does_not_change_a_prediction(family):
    tiny = tiny_task(NAME, family, ROWS)
    together = tiny.answers(ROWS)
    alone = [tiny.answers([row]).answer(0) for row in ROWS]
    assert [found["prediction"] for found in alone] == list(together.predictions)
    np.testing.assert_allclose([found["score"] for found in alone], together.scores, atol=1e-5)


@each_family
def test_the_loss_falls(family):
    before, after = tiny_task(NAME, family, ROWS).train(ROWS)
    assert after < 0.75 * before


@each_family
def test_plain_transformers_loads_the_tags_and_the_same_answers(family, tmp_path: Path):
    tiny = tiny_task(NAME, family, ROWS)
    tiny.model.save_pretrained(tmp_path)
    again = AutoModelForTokenClassification.from_pretrained(tmp_path)
    expected = tiny.answers(ROWS)
    tiny.model = again.eval()
    assert tiny.answers(ROWS).predictions == expected.predictions
    restored = TokenClassification()
    restored.restore(AutoConfig.from_pretrained(tmp_path))
    assert restored.labels == tiny.task.labels


def test_a_model_without_such_a_head_is_refused():
    with pytest.raises(UserError, match="no token classification with `bart`"):
        learnt().suit(config_of("bart"), tokenizer_of("bart"))


def test_an_example_is_rendered_with_what_the_loss_asks():
    rendered = learnt().render(Row({"tokens": ["win", "it"], "tags": ["B-per", "O"]}), TOKENIZER, 9)
    assert rendered == "[CLS] win it [SEP] → [win/B-per it/O]"
