"""Small questions of every task for the tests of baselines, with answers that are all wrong."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from luthier.core.config import MENUS, read_recipe
from luthier.core.records import Row
from luthier.evaluation.baseline import Question
from luthier.evaluation.predict import load_base
from luthier.scoring.answers import (
    Answers,
    ClassAnswers,
    LabelSetAnswers,
    NumberAnswers,
    TagAnswers,
    TextAnswers,
)
from luthier.tasks.encoded import Encoded
from luthier.tasks.generation import Writing
from luthier.tasks.task import Task

TEXTS = [
    *("[E1] win [/E1] a [E2] prize [/E2] now", "[E1] see [/E1] you at [E2] lunch [/E2]"),
    *("claim your [E1] prize [/E1] [E2] now [/E2]", "[E1] lunch [/E1] at [E2] noon [/E2]"),
    *("[E1] 中奖 [/E1] 了 [E2] 恭喜 [/E2]", "[E1] ! [/E1] [E2] ? [/E2]"),
]
CONTEXT = "The Normans came from Denmark, Iceland and Norway. Their duke, in 1066, was William."
WORDS = [
    ["Ada", "went", "to", "New", "York"],
    ["New", "York", "is", "big"],
    ["王", "明", "在", "家"],
]
TAGS = [["B-P", "O", "O", "B-L", "I-L"], ["B-L", "I-L", "O", "O"], ["B-P", "I-P", "O", "O"]]
PAIRS = [
    ("Roses are red. Violets are blue. Sugar is sweet.", "A poem about roses."),
    ("天气很好。我们去散步。", "去散步。"),
    ("the team and the report", "thanks"),
]


def text_label() -> list[Row]:
    """One label a text; the class `never` is none's."""
    labels = ["spam", "ham", "spam", "ham", "中", "ham"]
    return [Row({"text": text, "label": label}) for text, label in zip(TEXTS, labels, strict=True)]


def text_labels() -> list[Row]:
    """Any number of labels a text."""
    sets = [["joy"], [], ["joy", "love"], ["anger"], ["joy"], []]
    return [Row({"text": text, "label": one}) for text, one in zip(TEXTS, sets, strict=True)]


def text_score() -> list[Row]:
    """A number a text."""
    return [Row({"text": text, "score": float(i)}) for i, text in enumerate(TEXTS)]


def tokens_tags() -> list[Row]:
    """A tag a word."""
    pairs = zip(WORDS, TAGS, strict=True)
    return [Row({"tokens": words, "tags": tags}) for words, tags in pairs]


def context_question_answers() -> list[Row]:
    """Questions about a text, one of them without an answer."""
    known = {"text": ["William"], "answer_start": [CONTEXT.index("William")]}
    nothing: dict[str, Any] = {"text": [], "answer_start": []}
    asked = [("Who was duke in 1066?", known), ("Why?", nothing)]
    return [Row({"context": CONTEXT, "question": q, "answers": a}) for q, a in asked]


def prompt_completion() -> list[Row]:
    """A text for a text."""
    return [Row({"prompt": prompt, "completion": answer}) for prompt, answer in PAIRS]


def prompt_tests_completion() -> list[Row]:
    """Programs with their tests."""
    program, tests = "def f(x):\n    return x + 1\n", "assert f(1) == 2"
    asked = ["Add one.", "Write f, which adds one."]
    return [Row({"prompt": p, "completion": program, "tests": tests}) for p in asked]


def messages() -> list[Row]:
    """Conversations of two turns."""
    return [
        Row(
            {
                "messages": [
                    {"role": "user", "content": prompt},
                    {"role": "assistant", "content": answer},
                ]
            }
        )
        for prompt, answer in PAIRS
    ]


ROWS: dict[tuple[str, ...], Sequence[Callable[[], list[Row]]]] = {
    ("text", "label"): (text_label, text_labels),
    ("text", "score"): (text_score,),
    ("tokens", "tags"): (tokens_tags,),
    ("context", "question", "answers"): (context_question_answers,),
    ("prompt", "completion"): (prompt_completion,),
    ("prompt", "tests", "completion"): (prompt_tests_completion,),
    ("messages",): (messages,),
}
"""The rows of each shape, by the fields they have."""


def cases() -> list[tuple[str, str, Callable[[], list[Row]]]]:
    """Every baseline of every task, with rows to ask it about."""
    return [
        (baseline, name, rows)
        for name in MENUS["task"].names()
        for rows in ROWS[MENUS["task"].get(name).shapes[0]]
        for baseline in MENUS["task"].get(name).baselines
        if not (name == "relation_classification" and rows is text_labels)
    ]


def question(
    task_name: str, rows: list[Row], base: Path, *, asked: list[Row] | None = None
) -> Question:
    """A question about the rows, which are learnt from, too.

    Args:
        task_name: on the menu.
        rows: to learn from.
        base: folder of the pretrained model.
        asked: else the same rows.
    """
    writes = issubclass(MENUS["task"].get(task_name), Writing)
    recipe = read_recipe(
        {
            "task": {task_name: {"max_new_tokens": 8}} if writes else task_name,
            "data": {"source": "rows.jsonl"},
            "model": {"base": str(base), "max_length": 48},
            "training": {"precision": "fp32"},
        }
    )
    task: Task = MENUS["task"].build(recipe.task)
    task.learn(iter(rows))
    test = rows if asked is None else asked
    encoded = _encoded(task, test, recipe) if writes else None
    return Question(
        task=task,
        train=lambda: iter(rows),
        validation=lambda: iter(rows),
        test=lambda: iter(test),
        encoded=encoded,  # type: ignore[arg-type]  # only `untuned` looks at it
        ours=_wrong(task, test),
        recipe=recipe,
        untuned=lambda: load_base(recipe, task),
    )


def _encoded(task: Task, rows: list[Row], recipe: Any) -> Encoded:
    return load_base(recipe, task).encode(rows)


def _wrong(task: Task, rows: list[Row]) -> Answers:
    """Answers of the task's kind beside the references of the rows."""
    size, labels = len(rows), list(task.labels)
    if isinstance(task, Writing):
        return TextAnswers([task.references_of(row) for row in rows], [""] * size)
    first = rows[0] if rows else Row({})
    if "tags" in first.fields:
        return TagAnswers(
            [row["tags"] for row in rows], [["O"] * len(r["tags"]) for r in rows], ["L", "P"]
        )
    if "answers" in first.fields:
        return TextAnswers([row["answers"]["text"] for row in rows], [""] * size)
    if "score" in first.fields:
        scores = np.array([row["score"] for row in rows])
        return NumberAnswers(scores, np.zeros(size))
    if isinstance(first.get("label"), list):
        sets = np.array([[label in row["label"] for label in labels] for row in rows])
        return LabelSetAnswers(sets, np.zeros_like(sets), None, labels)
    numbers = np.array([labels.index(row["label"]) for row in rows], np.int64)
    return ClassAnswers(numbers, np.zeros(size, np.int64), None, labels)
