"""What the weights of a pretrained body are called below a head that has another name for it."""

from typing import Any

import transformers
from transformers import PreTrainedModel

_ANSWERING = "AutoModelForQuestionAnswering"


def renamed_body(auto_class: str, config: Any) -> dict[str, str]:
    """Patterns of a checkpoint's names, and what the class with the head calls the same.

    transformers finds the body in a checkpoint by `base_model_prefix`. The question answering heads
    of Llama, Qwen and their kin call it `transformer`, everything else of them `model`: all its
    weights would be drawn anew, without an error.

    Args:
        auto_class: what the model is to be loaded as.
        config: of the checkpoint.

    Returns:
        a `key_mapping` for `from_pretrained`; empty if the names agree.
    """
    if auto_class != _ANSWERING or type(config) not in transformers.MODEL_MAPPING:
        return {}
    head = _prefix(transformers.MODEL_FOR_QUESTION_ANSWERING_MAPPING[type(config)])
    body = _prefix(transformers.MODEL_MAPPING[type(config)])
    return {} if head == body else {rf"^{body}\.": f"{head}."}


def keep_own_names(model: PreTrainedModel) -> None:
    """Have a model saved by its own names, not by those it was loaded from.

    Plain `from_pretrained`, which knows nothing of `renamed_body`, would not find them.
    """
    model._weight_conversions = None  # type: ignore[assignment]  # a Module's attributes are its own


def _prefix(found: Any) -> str:
    kind = found[0] if isinstance(found, tuple) else found
    return str(kind.base_model_prefix)
