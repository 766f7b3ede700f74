"""Let a model write new texts with the labels there are, each after the example of one row."""

from typing import final

from luthier.core.records import Row
from luthier.data.augmentation.asking import (
    AskingAugmenter,
    Check,
    Instruction,
    Model,
    NewTokens,
    ServerOption,
    Temperature,
    filled,
    is_chinese,
    refusal,
)
from luthier.data.augmenter import Copies, Share
from luthier.data.lent import Writing

_ENGLISH = (
    "Here is a text with the label “{label}”:\n\n{text}\n\nWrite another text, about something "
    "else, that deserves the same label, in the same language and of the same kind. Write the text "
    "and nothing else."
)
_CHINESE = (
    "下面的文字的标签是“{label}”：\n\n{text}\n\n请另写一段文字，内容不同，但标签相同，语言和体裁也相同。"
    "只写出这段文字，不要写其他内容。"
)
_PLAIN = "Write another text of the same kind and language, and nothing else.\n\n{text}"
_PLAIN_CHINESE = "请另写一段同类的文字，不要写其他内容。\n\n{text}"

ANSWERED = "its answer belongs to this very text"


@final
class Generate(AskingAugmenter):
    """Another text of the same label, or of the same kind where rows have none (Dai et al., 2023).

    Whether it deserves the label nobody knows: `check` lets a tuned classifier say so.
    """

    keeps_parts = False

    def __init__(
        self,
        *,
        model: Model,
        server: ServerOption = None,
        instruction: Instruction = None,
        temperature: Temperature = 1.0,
        max_new_tokens: NewTokens = 128,
        check: Check = None,
        share: Share = 0.2,
        copies: Copies = 1,
    ):
        writing = Writing(temperature, max_new_tokens)
        super().__init__(model, server, writing, check, share=share, copies=copies)
        self._instruction = instruction

    def prompt(self, row: Row) -> str:
        """The instruction, in the language of the row, with its text as the example."""
        if row.get("label") is None:
            own = _PLAIN_CHINESE if is_chinese(row) else _PLAIN
        else:
            own = _CHINESE if is_chinese(row) else _ENGLISH
        return filled(self._instruction or own, row)

    def refusal(self, row: Row) -> str | None:
        """Only a single text with a label, or without any, may become another."""
        if set(row.fields) & {"text_pair", "score", "context", "completion", "messages", "chosen"}:
            return ANSWERED
        return ANSWERED if row.get("anchor") is not None else refusal(row)
