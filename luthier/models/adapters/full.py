"""Move all weights."""

from typing import final

from transformers import PreTrainedModel

from luthier.models.adapter import Adapter


@final
class Full(Adapter):
    """Move all weights: the closest fit, at the cost of a gradient and two moments for each."""

    def apply(self, model: PreTrainedModel, *, seed: int) -> PreTrainedModel:
        """Let every parameter move."""
        model.requires_grad_(True)
        return model
