import pytest
from transformers import BertConfig

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.tasks.task import Task
from tests.tiny import make_tokenizer


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


def test_several_labels_a_text_are_refused() -> None:
    made: Task = MENUS["task"].build("text_classification")
    with pytest.raises(UserError, match="several labels"):
        made.learn([Row({"text": "a", "label": ["x", "y"]})])


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
