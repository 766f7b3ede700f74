"""A task names what people are asked, and the rows name what there is to choose from."""

from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.annotation.task_kinds import kind_for


def rows(**columns: list[Any]) -> list[Row]:
    return [Row(dict(zip(columns, v, strict=True))) for v in zip(*columns.values(), strict=True)]


@pytest.mark.parametrize(
    ("task", "given", "expected"),
    [
        ("text_classification", rows(text=["x", "y"], label=["b", "a"]), {"labels": ["a", "b"]}),
        ("text_classification", rows(text=["x", "y"], label=[10, 9]), {"labels": ["9", "10"]}),
        ("regression", rows(text=["x", "y"], score=[0.0, 4.0]), {"low": 0, "high": 4}),
        ("regression", rows(text=["x", "y"], score=[0.5, 4.0]), {}),
        ("chat", rows(messages=[[]]), {}),
        ("token_classification", rows(tokens=[["x"]], tags=[["B-PER"]]), {"labels": ["PER"]}),
    ],
)
def test_options_come_from_the_rows(task: str, given: list[Row], expected: dict[str, Any]) -> None:
    (options,) = kind_for(task, given).values()
    assert options == expected


def test_labels_of_all_rows_are_found() -> None:
    given = [Row({"text": str(n), "label": "rare" if n == 999 else "usual"}) for n in range(1000)]
    assert kind_for("text_classification", given) == {"classes": {"labels": ["rare", "usual"]}}


def test_several_labels_on_a_row_ask_for_several() -> None:
    given = rows(text=["x"], label=[["a", "b"]])
    assert kind_for("text_classification", given) == {"label_sets": {"labels": ["a", "b"]}}


def test_labels_that_are_named_are_taken() -> None:
    assert kind_for("classes", rows(text=["x"]), ["p", "q"]) == {"classes": {"labels": ["p", "q"]}}


def test_marked_entities_ask_for_the_relation_alone() -> None:
    given = rows(text=["[E1] a [/E1] in [E2] b [/E2]"], label=["in"])
    assert kind_for("relation_classification", given) == {"classes": {"labels": ["in"]}}


def test_unmarked_texts_ask_for_spans_and_relations() -> None:
    chosen = kind_for("relation_classification", rows(text=["x"]), ["PER"], ["knows"])
    assert chosen == {"relations": {"labels": ["PER"], "relation_labels": ["knows"]}}


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("text_classificatoin", "Did you mean `text_classification`"),
        ("text_classification", "--labels"),
        ("token_classification", "--labels"),
        ("relations", "--relation-labels"),
    ],
)
def test_what_is_missing_is_told(task: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        kind_for(task, rows(text=["x"]))
