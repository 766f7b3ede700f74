"""`context`, `question` and `answers`, as SQuAD writes them, flat or nested."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import columns_of, find
from luthier.data.parsing.values import holds, list_of, text_of


@final
class Squad(Format):
    """Questions whose answers are passages of a context."""

    title = "SQuAD questions"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the three columns."""
        columns = columns_of(sample)
        found = [find(columns, (name,)) for name in ("context", "question", "answers")]
        if not all(found) or not holds(sample, found[2][0], dict, list):
            return None
        context, question, answers = (names[0] for names in found)
        return Recognition({"context": context, "question": question, "answers": answers}, rank=85)

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`context`, `question` and `answers`: `text` and, in characters, `answer_start`.

        No answer at all means that the context does not answer the question. An `answer_start`
        is given on as it stands, also where it does not fit the context.

        Raises:
            ValueError: context or question is not text, or the answers are not understood.
        """
        return {
            "context": text_of(fields, columns["context"]),
            "question": text_of(fields, columns["question"]),
            "answers": _answers(fields.get(columns["answers"]), columns["answers"]),
        }


def _answers(value: Any, column: str) -> dict[str, list[Any]]:
    if value is None:
        return {"text": [], "answer_start": []}
    if isinstance(value, list) and all(isinstance(answer, Mapping) for answer in value):
        texts = [answer.get("text") for answer in value]
        starts = [answer.get("answer_start") for answer in value]
    elif isinstance(value, Mapping):
        texts, starts = list_of(value, "text"), list_of(value, "answer_start")
    else:
        raise ValueError(f"`{column}` is neither an object nor a list of objects")
    are_sound = all(isinstance(text, str) for text in texts)
    if not (are_sound and all(isinstance(start, int) for start in starts)):
        raise ValueError(f"`{column}` has an answer without `text` or `answer_start`")
    if len(texts) != len(starts):
        raise ValueError(f"`{column}` has not as many `answer_start` as `text`")
    return {"text": texts, "answer_start": starts}
