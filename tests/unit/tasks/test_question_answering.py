import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BertConfig, GemmaConfig

from luthier.core.config import MENUS, read_recipe
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.evaluation.predict import assemble, load_base
from luthier.models.load import load_config
from luthier.models.save import save_model
from luthier.scoring.answers import TextAnswers
from luthier.tasks.classes import UNKNOWN
from luthier.tasks.encoded import Encoded, gather
from luthier.tasks.task import Task
from luthier.training.losses import cross_entropy, divergence
from tests.tiny import FAMILIES, WORDS, config_of, save_tiny, tokenizer_of
from tests.unit.tasks.tiny_tasks import TinyTask, assert_same, gradients, tiny_task

NAME = "question_answering"
TOKENIZERS = {family: tokenizer_of(family) for family in FAMILIES}
BERT = TOKENIZERS["bert"]


def row(context: str, *answers: str, question: str = "buy", start: int | None = None) -> Row:
    starts = [context.find(answer) if start is None else start for answer in answers]
    fields = {"text": list(answers), "answer_start": starts}
    return Row({"context": context, "question": question, "answers": fields})


ROWS = [
    row("the team is here", "team", question="see the team"),
    row("you win money on lunch", "win money", question="win it"),
    row("很好的书", "书", question="看"),
]
LONG = "the a of to and is on in it that " * 3


def task(*rows: Row, **options: Any) -> Task:
    made: Task = MENUS["task"].build({NAME: options})
    made.learn(rows)
    return made


def encode(made: Task, rows: Sequence[Row], family: str = "bert", max_length: int = 64) -> Encoded:
    made.suit(config_of(family), TOKENIZERS[family])
    return gather([made.encode(rows, TOKENIZERS[family], max_length)])


def golds(encoded: Encoded, rows: Sequence[Row]) -> list[list[str]]:
    """The text between the labels, window by window; "" where they say that there is none."""
    contexts = [r["context"] for r, n in zip(rows, encoded.parts, strict=True) for _ in range(n)]
    starts, ends = (encoded.values[name] for name in ("starts", "ends"))
    texts = [
        context[encoded.lists["begins"][i][starts[i]] : encoded.lists["ends"][i][ends[i]]]
        for i, context in enumerate(contexts)
    ]
    return [list(part) for part in np.split(np.array(texts, object), np.cumsum(encoded.parts)[:-1])]


def answers(
    made: Task, encoded: Encoded, rows: Sequence[Row], outputs: Sequence[Sequence[float]]
) -> TextAnswers:
    found = made.answers(np.array(outputs, np.float32), None, encoded, rows)
    assert isinstance(found, TextAnswers)
    return found


@given(
    st.sampled_from(FAMILIES),
    st.lists(st.sampled_from([*WORDS[:9], "很好", "½"]), min_size=1, max_size=40),
    st.data(),
)
@settings(max_examples=100, deadline=None)
def test_an_answer_at_borders_of_tokens_comes_back_as_it_was(
    family: str, words: list[str], data: st.DataObject
):
    context = data.draw(st.sampled_from([" ", "  ", " \n"])).join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    few = words[first : first + data.draw(st.integers(1, 3))]
    start = len(context) - len(context.split(None, first)[-1])
    stop = start
    for word in few:
        stop = context.find(word, stop) + len(word)
    answer = context[start:stop]
    rows = [row(context, answer, start=start)]
    encoded = encode(task(stride=10), rows, family, max_length=40)
    (windows,) = golds(encoded, rows)
    assert set(windows) <= {answer, ""}
    # What two windows share holds it as a whole.
    if len(TOKENIZERS[family].tokenize(f" {answer}")) <= 10:
        assert answer in windows


def test_a_window_without_the_answer_says_so():
    rows = [row(LONG + "money", "money")]
    encoded = encode(task(), rows, max_length=24)
    assert golds(encoded, rows) == [["", "money"]]
    assert (encoded.values["starts"] == encoded.values["null"]).tolist() == [True, False]


def test_the_first_answer_that_a_window_holds_is_the_target():
    rows = [row("money " + LONG + "lunch", "lunch", "money")]
    assert golds(encode(task(), rows, max_length=24), rows) == [["money", "lunch"]]
    assert golds(encode(task(), rows), rows) == [["lunch"]]


def test_chinese_is_answered_by_character():
    rows = [row("这本书很好看，我喜欢。", "很好看")]
    for family in ("bert", "gpt2"):
        assert golds(encode(task(), rows, family), rows) == [["很好看"]]


def test_an_answer_within_a_token_is_the_whole_token():
    rows = [row("win money", "one")]
    assert golds(encode(task(), rows), rows) == [["money"]]


@pytest.mark.parametrize(
    "lost",
    [
        row("win money", "lunch"),
        row(LONG + LONG, LONG.strip()),
        Row({"context": "a", "question": "b"}),
    ],
    ids=["not there", "longer than a window", "not known"],
)
def test_a_row_whose_answer_fits_nowhere_has_no_target(lost: Row):
    encoded = encode(task(), [lost, ROWS[0]], max_length=24)
    assert set(encoded.values["starts"][:-1]) == {UNKNOWN}
    assert encoded.values["starts"][-1] != UNKNOWN


def test_a_row_without_a_target_is_left_out_of_the_loss():
    model = tiny_task(NAME, "bert", ROWS)
    assert_same(model.loss([*ROWS, row("win money", "lunch")]), model.loss(ROWS))


def test_rows_that_teach_nothing_are_counted(caplog: pytest.LogCaptureFixture):
    made = task()
    with caplog.at_level(logging.INFO):
        made.must_learn(encode(made, [*ROWS, row("win money", "lunch"), row("a", "b")]))
    assert "2 training rows of 5 teach nothing" in caplog.text


def test_data_that_teach_nothing_at_all_are_refused():
    made = task()
    with pytest.raises(UserError, match="no answer is in its context"):
        made.must_learn(encode(made, [row("win money", "lunch")]))


def test_answers_that_are_too_long_to_be_given_are_counted(caplog: pytest.LogCaptureFixture):
    made = task(max_answer_length=1)
    with caplog.at_level(logging.INFO):
        made.must_learn(encode(made, ROWS))
    assert "1 training row of 3 with an answer of more than 1 tokens" in caplog.text


def test_answers_that_are_misplaced_are_counted(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO):
        task(*ROWS, row("win money", "money", start=-1))
    assert "1 training row whose answer is not at its `answer_start`" in caplog.text


def test_a_question_that_was_cut_is_counted_as_such():
    encoded = encode(task(), [row("money", "money", question="buy " * 50)], max_length=24)
    assert (encoded.truncation.rows, encoded.truncation.tokens) == (1, 40)


def theirs(model: TinyTask, batch: dict[str, torch.Tensor]) -> tuple[float, dict]:
    inputs = {n: v for n, v in batch.items() if n not in ("inside", "null", "starts", "ends")}
    places = {"start_positions": batch["starts"], "end_positions": batch["ends"]}
    model.model.zero_grad()
    loss = model.model(**inputs, **places).loss
    loss.backward()
    return loss.item(), gradients(model.model)


@pytest.mark.parametrize("family", FAMILIES)
def test_loss_and_gradients_are_those_of_transformers(family: str):
    rows = [row("the team is here", *answer) for answer in (["team"], ["is here"], [])]
    model = tiny_task(NAME, family, rows)
    batch = model.batch(rows)
    assert batch["attention_mask"].all()
    assert_same(model.loss(rows), theirs(model, batch))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_loss_is_the_same_in_a_wider_batch(family: str):
    model = tiny_task(NAME, family, ROWS)
    assert not model.batch(ROWS)["attention_mask"].all()
    assert_same(model.loss(ROWS), model.loss(*([one] for one in ROWS)))


def test_smoothing_and_divergence_pass_padding_by():
    model = tiny_task(NAME, "bert", ROWS)

    def losses(rows: Sequence[Row]) -> torch.Tensor:
        batch = model.batch(rows)
        labels = model.task.targets(batch).labels
        one, other = (
            model.task.logits(model.task.forward(model.model, batch) * scale, batch)
            for scale in (1.0, 0.7)
        )
        smooth = cross_entropy(one, labels, smoothing=0.1)
        return torch.stack([smooth, divergence(one, other, "classes")], dim=-1).unflatten(
            0, (2, -1)
        )

    together = losses(ROWS)
    together.sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in model.model.parameters() if p.grad is not None)
    alone = torch.cat([losses([one]) for one in ROWS], dim=1)
    torch.testing.assert_close(together, alone)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_learns_where_answers_are(family: str):
    rows = [row(f"the {word} is on the {word} here", f"{word} is") for word in WORDS[:6]]
    model = tiny_task(NAME, family, rows)
    before, after = model.train(rows)
    assert after < before / 4
    found = model.answers(rows)
    assert found.predictions == [references[0] for references in found.references]


def test_the_answer_is_cut_out_of_the_context_as_it_is_written():
    rows = [row("  You WIN  Money!", "WIN  Money")]
    made = task(*rows)
    encoded = encode(made, rows)
    first, last = (int(encoded.values[name][0]) for name in ("starts", "ends"))
    found = answers(made, encoded, rows, [[first, last, 2, 3, 1]])
    assert found.answer(0) == {
        "prediction": "WIN  Money",
        "score": None,
        "start": 6.0,
        "confidence": pytest.approx(float(np.exp(2) / (np.exp(3) + np.exp(1)))),
    }


def test_the_best_window_answers():
    rows = [row("money " + LONG + "lunch", "lunch")]
    encoded = encode(task(), rows, max_length=24)
    last = len(encoded) - 1
    where = int(encoded.values["starts"][last])
    outputs = [[5, 5, 1, 1, 9]] * last + [[where, where, 3, 3, 9]]
    assert answers(task(), encoded, rows, outputs).predictions == ["lunch"]


def test_all_references_count():
    rows = [row("win money", "win", "money"), row("win money")]
    made = task(*rows)
    found = answers(made, encode(made, rows), rows, [[4, 4, 1, 1, 0], [4, 4, 0, 0, 1]])
    assert list(found.references) == [["win", "money"], []]
    values = {metric.name(): metric.value(found) for metric in made.metrics()}
    assert values == {"squad_f1": 1.0, "exact_match": 1.0}
    assert made.primary in values


def test_a_row_may_come_without_answers():
    asked = [Row({"context": "win money", "question": "buy"})]
    found = answers(task(), encode(task(), asked), asked, [[4, 4, 1, 1, 0]])
    assert found.predictions == ["money"]


def test_an_empty_context_has_no_answer():
    rows = [row("", "")]
    model = tiny_task(NAME, "bert", ROWS)
    assert model.answers(rows).answer(0) == {
        "prediction": "",
        "score": None,
        "start": -1.0,
        "confidence": 1.0,
    }


def test_an_answer_is_no_longer_than_it_may_be():
    rows = [row("the team is here", "the team is here")]
    model = tiny_task({NAME: {"max_answer_length": 2}}, "bert", rows)
    model.train(rows)
    assert len(model.answers(rows).predictions[0].split()) <= 2


def test_a_question_is_no_answer():
    rows = [row("the team is here", "team", question="win money")]
    model = tiny_task(NAME, "bert", rows)
    encoded, batch = model.encode(rows), model.batch(rows)
    output = torch.zeros(1, len(batch["input_ids"][0]), 2)
    output[0, 1] = 9  # a token of the question
    found = model.task.answers(model.task.read(output, batch), None, encoded, rows)
    assert found.answer(0)["prediction"] in rows[0]["context"]
    assert found.answer(0)["start"] == 0


def test_a_task_where_all_is_answered_always_answers():
    made = task(*ROWS)
    assert made.model_settings() == {"num_labels": 2}
    assert not made.needs_calibration
    found = answers(made, encode(made, ROWS[:1]), ROWS[:1], [[6, 6, 0, 0, 99]])
    assert found.predictions == ["team"]


def test_no_answer_wins_by_a_threshold():
    rows = [row("win money"), row("win money", "win")]
    made = task(*rows, null_threshold=1.5)
    encoded = encode(made, rows)
    found = answers(made, encoded, rows, [[3, 3, 0, 0, 2], [3, 3, 0, 0, 1]])
    assert found.predictions == ["", "win"]
    assert found.numbers["start"].tolist() == [-1, 0]
    assert not made.needs_calibration


def test_the_threshold_is_chosen_on_validation_rows_and_kept_in_the_model():
    rows = [row("win money"), row("win money", "win"), row("win money", "win")]
    made = task(*rows)
    encoded = encode(made, rows)
    assert made.needs_calibration
    outputs = np.array([[3, 3, 0, 0, 4], [3, 3, 0, 0, 2], [3, 3, 0, 0, 1]], np.float32)
    assert answers(made, encoded, rows, outputs).predictions == ["", "", ""]
    made.calibrate(outputs, encoded, lambda: rows)
    assert made.model_settings()["null_threshold"] == 3.0
    again = task()
    again.restore(BertConfig(**made.model_settings()))
    assert answers(again, encoded, rows, outputs).predictions == ["", "win", "win"]


@pytest.mark.parametrize("adapter", ["full", "lora"])
def test_the_threshold_is_kept_in_a_model_that_did_not_know_it(tmp_path: Path, adapter: str):
    base = str(save_tiny(tmp_path / "base", "bert"))
    recipe = read_recipe(
        {
            "task": NAME,
            "data": {"source": "rows.jsonl"},
            "model": {"base": base, "max_length": 64},
            "adapter": adapter,
        }
    )
    made = load_base(recipe, task(row("win money"), null_threshold=0.5))
    network = MENUS["adapter"].build(adapter).apply(made.network, seed=0)
    save_model(network, made.tokenizer, tmp_path / "model", base=base)
    again = task()
    again.restore(load_config(str(tmp_path / "model")))
    loaded = assemble(recipe, again, str(tmp_path / "model"))
    assert loaded.task.model_settings()["null_threshold"] == 0.5
    assert loaded.network.config.null_threshold == 0.5


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_learns_that_there_is_no_answer(family: str):
    rows = [row(f"the {word} is here", word) for word in ("team", "lunch", "report")]
    rows += [row(f"the {word} is here", question="win") for word in ("team", "lunch", "report")]
    model = tiny_task(NAME, family, rows)
    model.train(rows)
    assert model.answers(rows).predictions == ["team", "lunch", "report", "", "", ""]


def test_a_model_without_a_head_for_it_is_refused():
    with pytest.raises(UserError, match="no head for question_answering on a gemma model"):
        task().suit(GemmaConfig(), BERT)


def test_a_tokenizer_that_cannot_say_where_tokens_are_is_refused(monkeypatch: pytest.MonkeyPatch):
    slow = tokenizer_of("bert")
    monkeypatch.setattr(type(slow), "is_fast", False)
    with pytest.raises(UserError, match="fast tokenizer"):
        task().suit(config_of("bert"), slow)


def test_the_window_with_the_answer_is_shown_with_the_answer_marked():
    made = task()
    long = row(LONG + "money", "money")
    assert made.render(ROWS[0], BERT, 64) == ("[CLS] see the team [SEP] the → [team] is here [SEP]")
    assert made.render(long, BERT, 24).endswith("that → [money] [SEP] (window 2 of 2)")


def test_rows_without_an_answer_say_so():
    made = task()
    assert made.render(row("win"), BERT, 64) == "[CLS] buy [SEP] win [SEP] → [no answer]"
    lost = made.render(row("win", "lunch"), BERT, 64)
    assert lost == "[CLS] buy [SEP] win [SEP] → [nothing]"
