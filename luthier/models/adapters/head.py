"""Move only what lies above the last layer: pooler and head."""

from typing import final

from transformers import PreTrainedModel

from luthier.models.adapter import Adapter, move_only
from luthier.models.layers import layer_stack, parameters_from_layer


@final
class Head(Adapter):
    """Move only what lies above the last layer: the cheapest way, with the pretrained features."""

    def apply(self, model: PreTrainedModel) -> PreTrainedModel:
        """Freeze the embeddings and all layers."""
        above = parameters_from_layer(model, len(layer_stack(model)))
        move_only(model, {name for name, _ in above})
        return model
