"""Move a small network that makes virtual tokens before the text (p-tuning), and the head."""

from typing import Annotated, final

from peft import PeftModel, PromptEncoderConfig
from pydantic import Field
from transformers import PreTrainedModel

from luthier.models.adapter import Adapter
from luthier.models.virtual_tokens import embedding_sizes, must_take_embeddings
from luthier.models.wrap import peft_task, wrap


@final
class PTuning(Adapter):
    """Move a small network that makes the embeddings of virtual tokens before a text, and the head.

    Liu et al. (2021), with a perceptron of three layers. Only what it makes is saved.
    """

    def __init__(
        self,
        *,
        virtual_tokens: Annotated[int, Field(ge=1, description="how many, before each row")] = 20,
        hidden_size: Annotated[
            int | None, Field(ge=1, description="of the network; else as the model")
        ] = None,
    ):
        self.virtual_tokens = virtual_tokens
        self._hidden_size = hidden_size

    def apply(self, model: PreTrainedModel, *, seed: int) -> PeftModel:
        """Put the virtual tokens before the model; all pretrained weights are frozen.

        Raises:
            UserError: the model cannot have such tokens.
        """
        must_take_embeddings(model, peft_task(model), "adapter.p_tuning")
        sizes = embedding_sizes(model)
        config = PromptEncoderConfig(
            num_virtual_tokens=self.virtual_tokens,
            encoder_hidden_size=self._hidden_size or sizes["token_dim"],
            **sizes,
        )
        return wrap(model, config, seed=seed)
