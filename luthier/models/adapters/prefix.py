"""Move virtual keys and values in all layers (prefix tuning), and the head."""

from typing import Annotated, final

from peft import PeftModel, PrefixTuningConfig
from pydantic import Field
from transformers import PreTrainedModel

from luthier.models.adapter import Adapter
from luthier.models.virtual_tokens import cache_sizes, must_take_cache
from luthier.models.wrap import peft_task, wrap


@final
class Prefix(Adapter):
    """Move keys and values of virtual tokens in all layers, and the head.

    Li and Liang (2021), equation 3, without the network that they make them with.
    """

    def __init__(
        self,
        *,
        virtual_tokens: Annotated[int, Field(ge=1, description="how many, before each row")] = 20,
    ):
        self.virtual_tokens = virtual_tokens

    def apply(self, model: PreTrainedModel, *, seed: int) -> PeftModel:
        """Put the virtual tokens before the model; all pretrained weights are frozen.

        Raises:
            UserError: the model takes no keys and values from outside.
        """
        must_take_cache(model, peft_task(model), "adapter.prefix")
        config = PrefixTuningConfig(num_virtual_tokens=self.virtual_tokens, **cache_sizes(model))
        return wrap(model, config, seed=seed)
