"""A few rows of every task, in the words of the tiny tokenizers, and what is asked without them."""

from collections.abc import Mapping, Sequence
from typing import Any

from luthier.core.records import Row
from luthier.tasks.task import TARGET_FIELDS

_TEXTS = ("buy cheap pills now", "see you", "win free money and click here to see it", "team lunch")
_MARKED = (
    "[E1] pills [/E1] is in the [E2] offer [/E2]",
    "[E1] team [/E1] see [E2] you [/E2]",
    "[E1] money [/E1] and a [E2] report [/E2] on the project",
    "[E1] lunch [/E1] to [E2] team [/E2]",
)
_CONTEXT = "the team is in a meeting on the project and lunch is free tomorrow"
_WRITTEN = (
    ("buy cheap pills now", "free offer"),
    ("see you", "thanks"),
    ("the team is on lunch", "see you tomorrow"),
)


def _texts(field: str, values: Sequence[Any], texts: Sequence[str] = _TEXTS) -> list[Row]:
    return [Row({"text": t, field: value}) for t, value in zip(texts, values, strict=True)]


def _pairs(field: str, values: Sequence[Any]) -> list[Row]:
    both = zip(_TEXTS, reversed(_TEXTS), values, strict=True)
    return [Row({"text": one, "text_pair": other, field: value}) for one, other, value in both]


def _tagged(*sentences: str) -> list[Row]:
    """Words with their tags behind a stroke."""
    split = [[word.split("/") for word in sentence.split()] for sentence in sentences]
    return [Row({"tokens": [w for w, _ in s], "tags": [tag for _, tag in s]}) for s in split]


def _asked_of_context(answers: Mapping[str, str | None]) -> list[Row]:
    rows = []
    for question, text in answers.items():
        known: dict[str, Any] = {"text": [], "answer_start": []}
        if text is not None:
            known = {"text": [text], "answer_start": [_CONTEXT.index(text)]}
        rows.append(Row({"context": _CONTEXT, "question": question, "answers": known}))
    return rows


def _conversations() -> list[Row]:
    turns = [
        [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
        for asked, said in _WRITTEN
    ]
    several = [{"role": "system", "content": "thanks"}, *turns[0], *turns[1]]
    return [Row({"messages": messages}) for messages in (*turns, several)]


_COMPLETIONS = [Row({"prompt": prompt, "completion": answer}) for prompt, answer in _WRITTEN]

ROWS: Mapping[str, Sequence[Row]] = {
    "chat": _conversations(),
    "code_generation": [
        Row({"prompt": "now", "completion": "you = 1\n", "tests": "assert you == 1"}),
        Row({"prompt": "see it", "completion": "it = 2\n", "tests": "assert it == 2"}),
    ],
    "question_answering": _asked_of_context(
        {"in": "a meeting", "is it free": "lunch", "see it now and here": "the team"}
    ),
    "regression": _texts("score", [4.0, 1.0, 5.0, 2.5]),
    "relation_classification": _texts("label", ["part", "other", "topic", "other"], _MARKED),
    "summarization": _COMPLETIONS,
    "text_classification": _texts("label", ["spam", "ham", "spam", "ham"]),
    "text_generation": _COMPLETIONS,
    "token_classification": _tagged(
        "buy/O cheap/B-P pills/I-P now/O", "see/O you/B-Q", "the/B-Q team/I-Q is/O here/O"
    ),
    "translation": _COMPLETIONS,
}
"""Of every task, rows with their targets, of more than one length."""

OTHER_ROWS: Mapping[str, tuple[str, Sequence[Row]]] = {
    "label_sets": ("text_classification", _texts("label", [["a"], [], ["a", "b"], ["c"]])),
    "labelled_pairs": ("text_classification", _pairs("label", ["same", "other", "other", "same"])),
    "numbered_labels": ("text_classification", _texts("label", [2, 10, 1, 10])),
    "scored_pairs": ("regression", _pairs("score", [0.5, 3.0, 3.0, 1.5])),
    "unanswerable": (
        "question_answering",
        _asked_of_context({"in": "a meeting", "is it cheap": None}),
    ),
    "plain_tags": ("token_classification", _tagged("buy/V pills/N", "see/V the/D team/N")),
    "prompted_chats": ("chat", _COMPLETIONS),
}
"""Further kinds of rows that a task takes, by name: the task and the rows."""

WRITING_OPTIONS: Mapping[str, Any] = {"max_new_tokens": 4}
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "chat": WRITING_OPTIONS,
    "code_generation": WRITING_OPTIONS,
    # Tiny tokenizers write the usual instruction letter by letter, and tiny models are short.
    "summarization": {**WRITING_OPTIONS, "instruction": "report "},
    "text_generation": WRITING_OPTIONS,
    "translation": WRITING_OPTIONS,
}
"""Of tasks that would write for long: how short their answers are to be."""


def without_targets(row: Row) -> Row:
    """The row as somebody asks it: without label or score, a conversation without its answer."""
    fields = {name: value for name, value in row.fields.items() if name not in TARGET_FIELDS}
    if "messages" in fields:
        fields["messages"] = fields["messages"][:-1]
    return Row(fields)
