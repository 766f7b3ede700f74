"""Move only what lies above the last layer: pooler and head."""

from typing import final

from transformers import PreTrainedModel

from luthier.core.errors import UserError
from luthier.models.adapter import Adapter, move_only
from luthier.models.layers import layer_stack, parameters_from_layer


@final
class Head(Adapter):
    """Move only what lies above the last layer: the cheapest way, with the pretrained features.

    For a language model that is the final norm and the head that makes words of features.
    """

    def apply(self, model: PreTrainedModel, *, seed: int) -> PreTrainedModel:
        """Freeze the embeddings and all layers.

        Raises:
            UserError: the head is one with the embeddings, so it cannot move alone.
        """
        above = dict(parameters_from_layer(model, len(layer_stack(model))))
        if not any(parameter.dim() > 1 for parameter in above.values()):
            raise UserError(
                f"adapter.head: {type(model).__name__} has no head of its own here (a tied one is "
                "the same weights as the embeddings). Use {top_layers: {count: 1}} or lora."
            )
        move_only(model, set(above))
        return model
