"""Move only the biases and the head (BitFit)."""

from typing import final

from transformers import PreTrainedModel

from luthier.core.errors import UserError
from luthier.models.adapter import Adapter, move_only
from luthier.models.head import head_parameters


@final
class BiasOnly(Adapter):
    """Move only the biases and the head: about a thousandth of the weights.

    Zaken, Goldberg and Ravfogel (2022), BitFit: all biases, those of layer norms included.
    """

    def apply(self, model: PreTrainedModel, *, seed: int) -> PreTrainedModel:
        """Freeze everything but biases and head.

        Raises:
            UserError: the model's layers have no biases.
        """
        head = head_parameters(model)
        names = {name for name, _ in model.named_parameters() if name.endswith(".bias")}
        if not names - head:
            raise UserError(
                f"adapter.bias_only: the layers of {type(model).__name__} have no biases. "
                "Use lora or ia3."
            )
        move_only(model, names | head)
        return model
