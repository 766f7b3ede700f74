"""Let a model say it in other words: a local one, or one behind an OpenAI-compatible server."""

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
)
from luthier.data.augmenter import Copies, Share
from luthier.data.lent import Writing

_ENGLISH = (
    "Rewrite the following text in other words. Keep its meaning, its tone, its names and numbers, "
    "and its language. Write the new text and nothing else.\n\n{text}"
)
_CHINESE = (
    "请换一种说法改写下面的文字，保持原意、语气、名称、数字和语言不变。"
    "只写出改写后的文字，不要写其他内容。\n\n{text}"
)


@final
class Paraphrase(AskingAugmenter):
    """The text by which a row asks, rewritten; its label or answer stays.

    Whether a paraphrase keeps its label nobody knows: `check` lets a tuned classifier say so.
    """

    def __init__(
        self,
        *,
        model: Model,
        server: ServerOption = None,
        instruction: Instruction = None,
        temperature: Temperature = 0.8,
        max_new_tokens: NewTokens = 128,
        check: Check = None,
        share: Share = 0.2,
        copies: Copies = 1,
    ):
        writing = Writing(temperature, max_new_tokens)
        super().__init__(model, server, writing, check, share=share, copies=copies)
        self._instruction = instruction

    def prompt(self, row: Row) -> str:
        """The instruction, in the language of the row."""
        own = _CHINESE if is_chinese(row) else _ENGLISH
        return filled(self._instruction or own, row)
