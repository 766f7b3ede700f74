"""`prompt` and `completion`: a text that is given and the text that is wanted for it."""

from collections.abc import Mapping, Sequence
from typing import Any, final

from luthier.data.format import Format, Recognition
from luthier.data.parsing.column_names import COMPLETION, PROMPT, columns_of, find, remark_on_others
from luthier.data.parsing.values import holds, text_of


@final
class PromptCompletion(Format):
    """Pairs of texts: question and answer, article and summary, sentence and translation."""

    title = "prompt + completion"

    def recognise(self, sample: Sequence[Mapping[str, Any]]) -> Recognition | None:
        """By the names of two text columns."""
        columns = columns_of(sample)
        prompts = [name for name in find(columns, PROMPT) if holds(sample, name, str)]
        completions = [name for name in find(columns, COMPLETION) if holds(sample, name, str)]
        if not prompts or not completions:
            return None
        remark = remark_on_others("prompt", prompts) or remark_on_others("completion", completions)
        return Recognition({"prompt": prompts[0], "completion": completions[0]}, 45, remark)

    def read(self, fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
        """`prompt` and `completion`.

        Raises:
            ValueError: one of them is not text.
        """
        return {key: text_of(fields, columns[key]) for key in ("prompt", "completion")}
