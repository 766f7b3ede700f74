"""Move all weights."""

from typing import final

from transformers import PreTrainedModel

from luthier.models.adapter import Adapter


@final
class Full(Adapter):
    """Move all weights: the closest fit, at the cost of a gradient and two moments for each."""

    def apply(self, model: PreTrainedModel) -> PreTrainedModel:
        """Let every parameter move."""
        for parameter in model.parameters():
            parameter.requires_grad_(True)
        return model
