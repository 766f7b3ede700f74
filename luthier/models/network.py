"""What is trained and asked: a model of transformers, or PEFT's wrapper round one."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

Network: TypeAlias = "PreTrainedModel | PeftModel"
"""Both have `config`, `generate` and the forward pass of the task; neither is the other's kind.

PEFT takes seconds to import, so only type checkers see it here.
"""
