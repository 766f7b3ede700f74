"""Move the top layers and the head; what lies below is frozen."""

from typing import Annotated, final

from pydantic import Field
from transformers import PreTrainedModel

from luthier.core.errors import UserError
from luthier.models.adapter import Adapter, move_only
from luthier.models.layers import layer_stack, parameters_from_layer


@final
class TopLayers(Adapter):
    """Move the top `count` layers and what lies above them.

    In an encoder-decoder these are the decoder's layers; the encoder is frozen.
    """

    def __init__(
        self, *, count: Annotated[int, Field(ge=1, description="how many layers move")] = 2
    ):
        self.count = count

    def apply(self, model: PreTrainedModel, *, seed: int) -> PreTrainedModel:
        """Freeze the embeddings and all layers but the top `count`.

        Raises:
            UserError: the model has fewer layers.
        """
        depth = len(layer_stack(model))
        if self.count > depth:
            raise UserError(
                f"adapter.top_layers.count: {self.count}, but the model has {depth} layers. "
                "Use `adapter: full` to move all of them."
            )
        top = parameters_from_layer(model, depth - self.count)
        move_only(model, {name for name, _ in top})
        return model
