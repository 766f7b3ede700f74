from pathlib import Path

import numpy as np
import pytest
from transformers import AutoConfig, AutoModelForSequenceClassification, BertTokenizerLegacy

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.scoring.answers import ClassAnswers
from luthier.tasks.classes import UNKNOWN
from luthier.tasks.library.relation_classification import RelationClassification
from luthier.tasks.pieces import surroundings
from tests.tiny import FAMILIES, config_of, tokenizer_of
from tests.unit.tasks.tiny_tasks import assert_same, tiny_task

each_family = pytest.mark.parametrize("family", FAMILIES)
TEXTS = [
    ("[E1] team [/E1] is on [E2] lunch [/E2]", "does"),
    ("see [E2] the report [/E2] of [E1] you [/E1] now", "made"),
    ("<e1>money</e1> and <e2>offer</e2>", "none"),
    ("<e1>书</e1>很好<e2>看</e2>", "none"),
]
ROWS = [Row({"text": text, "label": label}) for text, label in TEXTS]
LONG = "win money " * 20
NAME = "relation_classification"


def learnt(rows=ROWS, **options) -> RelationClassification:
    task = RelationClassification(**options)
    task.learn(rows)
    return task


def seen(text, max_length=64, family="gpt2"):
    tokenizer = tokenizer_of(family)
    batch = learnt().encode([Row({"text": text})], tokenizer, max_length)
    return tokenizer.decode(batch.tokens["input_ids"][0]), batch


def test_the_model_reads_signs_instead_of_markers():
    assert seen(TEXTS[0][0])[0] == "@ team @ is on # lunch #"


@each_family
def test_a_short_text_is_tokenized_as_the_model_expects(family):
    tokenizer = tokenizer_of(family)
    batch = learnt().encode(ROWS[:1], tokenizer, 64)
    assert batch.tokens["input_ids"] == [tokenizer("@ team @ is on # lunch #")["input_ids"]]


@each_family
def test_a_long_text_is_cut_round_its_entities_and_counted(family):
    row = Row({"text": f"{LONG}<e1>team</e1> of <e2>you</e2> {LONG}"})
    tokenizer = tokenizer_of(family)
    batch = learnt().encode([row], tokenizer, 24)
    (ids,) = batch.tokens["input_ids"]
    whole = tokenizer(f"{LONG}@ team @ of # you # {LONG}", verbose=False)["input_ids"]
    assert len(ids) == 24
    assert batch.full_lengths == [len(whole)]
    before, behind = surroundings(tokenizer)
    assert ids[: len(before)] == before
    assert ids[24 - len(behind) :] == behind
    middle = tokenizer(" @ team @ of # you #", add_special_tokens=False)["input_ids"]
    assert any(ids[i : i + len(middle)] == middle for i in range(len(ids)))


def test_unmarked_rows_are_told_together_before_anything_is_learnt():
    bad = [Row({"text": f"plain {i}", "label": "a"}) for i in range(3)]
    crossed = Row({"text": "<e1>a <e2>b</e1> c</e2>", "label": "a"})
    with pytest.raises(UserError) as told:
        learnt([*ROWS, *bad, crossed])
    for row in (*bad, crossed):
        assert row.id[:8] in str(told.value)
    assert "plain 1" in str(told.value)
    assert "entities that cross" in str(told.value)
    assert "extract_text" in str(told.value)


def test_a_row_that_is_asked_must_be_marked_too():
    with pytest.raises(UserError, match=r"no `\[E1\]` in row"):
        learnt().encode([Row({"text": "plain"})], tokenizer_of("bert"), 16)


def test_a_relation_that_the_model_does_not_know_teaches_nothing():
    row = Row({"text": TEXTS[0][0], "label": "new"})
    assert learnt().encode([row], tokenizer_of("bert"), 16).values["labels"] == [UNKNOWN]


def test_several_relations_a_text_are_refused():
    with pytest.raises(UserError, match="several labels"):
        learnt([Row({"text": TEXTS[0][0], "label": ["a", "b"]})])


def test_markers_that_are_the_same_are_refused():
    with pytest.raises(UserError, match="name four that differ"):
        RelationClassification(markers=["@", "@", "#", "#"])


def test_a_negative_label_that_there_is_not_gets_the_nearest():
    with pytest.raises(UserError, match=r"negative: no label `non`. Did you mean `none`"):
        learnt(negative="non")


def test_f1_without_the_negative_label_decides():
    task = learnt(negative="none")
    assert task.primary == "relation_f1"
    metrics = {metric.name(): metric for metric in task.metrics()}
    found = ClassAnswers(np.array([0, 1, 2, 2]), np.array([0, 2, 2, 2]), None, task.labels)
    assert metrics["relation_f1"].value(found) == pytest.approx(2 / 3)
    assert metrics["accuracy"].value(found) == 0.75


def test_another_metric_may_decide():
    assert learnt(metric="f1_macro").primary == "f1_macro"
    with pytest.raises(UserError, match="Did you mean `accuracy`"):
        learnt(metric="acuracy")


def test_a_tokenizer_that_does_not_know_places_is_refused(tmp_path: Path):
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n", "utf-8")
    slow = BertTokenizerLegacy(tmp_path / "vocab.txt")
    with pytest.raises(UserError, match="BertTokenizerLegacy"):
        learnt().suit(config_of("bert"), slow)


@each_family
def test_the_loss_and_its_gradients_are_those_of_transformers(family):
    tiny = tiny_task(NAME, family, ROWS)
    assert_same(tiny.loss(ROWS), tiny.their_loss(ROWS))


@each_family
def test_micro_batches_change_nothing(family):
    tiny = tiny_task(NAME, family, ROWS)
    assert_same(tiny.loss(ROWS[:1], ROWS[1:]), tiny.loss(ROWS))


@each_family
def test_padding_does_not_change_an_answer(family):
    tiny = tiny_task(NAME, family, ROWS)
    alone = np.concatenate([tiny.answers([row]).probabilities for row in ROWS])
    np.testing.assert_allclose(alone, tiny.answers(ROWS).probabilities, atol=1e-5)


@each_family
def test_the_loss_falls(family):
    before, after = tiny_task(NAME, family, ROWS).train(ROWS)
    assert after < 0.75 * before


def test_plain_transformers_loads_the_relations(tmp_path: Path):
    tiny = tiny_task(NAME, "bert", ROWS)
    tiny.model.save_pretrained(tmp_path)
    expected = tiny.answers(ROWS).probabilities
    tiny.model = AutoModelForSequenceClassification.from_pretrained(tmp_path).eval()
    np.testing.assert_array_equal(tiny.answers(ROWS).probabilities, expected)
    restored = RelationClassification()
    restored.restore(AutoConfig.from_pretrained(tmp_path))
    assert restored.labels == ["does", "made", "none"]


def test_an_example_is_rendered_with_what_the_loss_asks():
    tokenizer = tokenizer_of("gpt2")
    assert learnt().render(ROWS[0], tokenizer, 64) == "@ team @ is on # lunch # → [does]"
    row = Row({"text": f"<e1>a</e1> <e2>b</e2> {LONG}", "label": "none"})
    assert "tokens cut off → [none]" in learnt().render(row, tokenizer, 20)
