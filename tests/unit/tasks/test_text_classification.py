from typing import Any

import numpy as np
import pytest
import torch
from transformers import BertConfig

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.models.head import note_fresh
from luthier.tasks.encoded import gather
from luthier.tasks.library.text_classification import TextClassification
from luthier.tasks.task import Task
from luthier.training.losses import binary_cross_entropy
from tests.tiny import make_model, make_tokenizer


def task(*labels: str, **options: str) -> Task:
    made: Task = MENUS["task"].build({"text_classification": options})
    made.learn(Row({"text": str(i), "label": label}) for i, label in enumerate(labels))
    return made


def test_labels_are_sorted_and_numbers_by_value() -> None:
    assert task("10", "9", "2").labels == ["2", "9", "10"]
    assert task("spam", "ham").labels == ["ham", "spam"]


def test_two_labels_are_judged_by_f1_and_more_by_accuracy() -> None:
    assert task("a", "b").primary == "f1"
    assert task("a", "b", "c").primary == "accuracy"


def test_the_positive_label_may_be_chosen() -> None:
    assert task("ham", "spam", positive="ham").positive == 0


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"positive": "spma"}, "Did you mean `spam`"),
        ({"metric": "acuracy"}, "Did you mean `accuracy`"),
    ],
)
def test_an_unknown_name_gets_the_nearest(options: dict[str, str], hint: str) -> None:
    with pytest.raises(UserError, match=hint):
        task("ham", "spam", **options)


SETS = [
    Row({"text": "a", "label": ["x", "y"]}),
    Row({"text": "b", "label": []}),
    Row({"text": "c", "label": ["z"]}),
]


def of_sets(**options: Any) -> TextClassification:
    made = TextClassification(**options)
    made.learn(SETS)
    return made


def test_lists_of_labels_make_it_a_task_of_label_sets() -> None:
    made = of_sets()
    assert made.primary == "f1_macro"
    assert made.model_settings()["problem_type"] == "multi_label_classification"
    assert made.encode(SETS, make_tokenizer(), 10).values["labels"] == [
        *([1, 1, 0], [0, 0, 0], [0, 0, 1])
    ]


def test_a_list_among_single_labels_is_told() -> None:
    with pytest.raises(UserError, match="others have one name"):
        TextClassification().learn([Row({"text": "a", "label": "x"}), SETS[0]])


def test_thresholds_are_chosen_on_validation_and_kept_in_the_config() -> None:
    made, tokenizer = of_sets(), make_tokenizer()
    encoded = gather([made.encode(SETS, tokenizer, 10)])
    shares = np.array([[0.3, 0.4, 0.1], [0.1, 0.1, 0.1], [0.2, 0.1, 0.4]], np.float32)
    made.calibrate(shares, encoded, lambda: SETS)
    again = TextClassification()
    again.restore(BertConfig(**made.model_settings()))
    found = again.answers(shares, None, encoded, SETS)
    assert [found.answer(i)["prediction"] for i in range(3)] == [["x", "y"], [], ["z"]]


def test_the_head_of_label_sets_begins_at_the_shares_of_the_labels() -> None:
    made = of_sets()
    model = make_model("bert", "AutoModelForSequenceClassification", **made.model_settings())
    note_fresh(model, ["classifier.weight", "classifier.bias"])
    made.begin(model)
    shares = model.classifier.bias.sigmoid()
    torch.testing.assert_close(shares, torch.full((3,), 1 / 3))


def test_the_loss_of_label_sets_is_that_of_transformers() -> None:
    made, tokenizer = of_sets(), make_tokenizer()
    model = make_model("bert", "AutoModelForSequenceClassification", **made.model_settings())
    encoded = gather([made.encode(SETS, tokenizer, 10)])
    batch = made.collate(encoded, np.arange(3), {"input_ids": 0})
    expected = model.eval()(**batch).loss
    logits = made.logits(made.forward(model, batch), batch)
    loss = binary_cross_entropy(logits, made.targets(batch).labels).mean()
    torch.testing.assert_close(loss, expected)


def test_what_was_learned_is_restored_from_a_model() -> None:
    first = task("c", "a", "b")
    again: Task = MENUS["task"].build("text_classification")
    again.restore(BertConfig(**first.model_settings()))
    assert again.labels == first.labels


def test_a_long_text_is_cut_and_keeps_its_special_tokens() -> None:
    tokenizer = make_tokenizer()
    encoded = task("ham", "spam").encode(
        [Row({"text": "win money " * 20, "label": "spam"})], tokenizer, 10
    )
    (ids,) = encoded.tokens["input_ids"]
    assert (len(ids), ids[0], ids[-1]) == (10, tokenizer.cls_token_id, tokenizer.sep_token_id)
    assert encoded.full_lengths == [42]


def test_a_pair_carries_token_types() -> None:
    rows = [Row({"text": "win", "text_pair": "money", "label": "spam"})]
    encoded = task("ham", "spam").encode(rows, make_tokenizer(), 10)
    assert encoded.tokens["token_type_ids"] == [[0, 0, 0, 1, 1]]


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    rows = [Row({"text": "win \udcff money", "label": "spam"})]
    assert len(task("ham", "spam").encode(rows, make_tokenizer(), 10).ids) == 1


def test_an_example_is_rendered_with_what_the_loss_asks() -> None:
    row = Row({"text": "win money", "label": "spam"})
    rendered = task("ham", "spam").render(row, make_tokenizer(), 10)
    assert rendered == "[CLS] win money [SEP] → [spam]"
