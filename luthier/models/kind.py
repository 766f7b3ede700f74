"""What a model can do with text: read it, continue it, or answer it with another text."""

from typing import Any, Literal

from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
)

from luthier.core.errors import UserError

Kind = Literal["encoder", "decoder", "encoder_decoder"]


def kind_of(config: Any) -> Kind:
    """What a transformers configuration describes.

    The type alone does not say it: BERT is on transformers' list of causal models too, and BART is
    on all lists. So the configuration's own flags come first.

    Raises:
        UserError: it is no model of text.
    """
    name = config.model_type
    if getattr(config, "is_encoder_decoder", False):
        if name in MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES:
            return "encoder_decoder"
    elif name in MODEL_FOR_MASKED_LM_MAPPING_NAMES and not getattr(config, "is_decoder", False):
        return "encoder"
    elif name in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return "decoder"
    elif name in MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES:
        return "encoder"  # such as CANINE, and the encoder of a T5 alone
    raise UserError(
        f"model.base: `{name}` is no model of text that transformers can tune. Use an encoder such "
        "as BERT, a decoder such as Qwen, or an encoder-decoder such as T5."
    )
