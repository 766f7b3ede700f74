"""Move virtual tokens before the text (prompt tuning), and the head."""

from typing import Annotated, Literal, final

from peft import PeftModel, PromptTuningConfig, PromptTuningInit
from pydantic import Field
from transformers import PreTrainedModel

from luthier.models.adapter import Adapter
from luthier.models.virtual_tokens import embedding_sizes, must_take_embeddings
from luthier.models.wrap import peft_task, wrap


@final
class Prompt(Adapter):
    """Move the embeddings of virtual tokens that stand before each text, and the head.

    Lester et al. (2021). Few weights, but it learns slowly, and well only with large models.
    """

    def __init__(
        self,
        *,
        virtual_tokens: Annotated[int, Field(ge=1, description="how many, before each row")] = 20,
        start: Annotated[
            Literal["vocabulary", "random"],
            Field(description="from embeddings of drawn words, or from noise"),
        ] = "vocabulary",
    ):
        self.virtual_tokens = virtual_tokens
        self._start = {
            "vocabulary": PromptTuningInit.SAMPLE_VOCAB,
            "random": PromptTuningInit.RANDOM,
        }[start]

    def apply(self, model: PreTrainedModel, *, seed: int) -> PeftModel:
        """Put the virtual tokens before the model; all pretrained weights are frozen.

        Raises:
            UserError: the model cannot have such tokens.
        """
        must_take_embeddings(model, peft_task(model), "adapter.prompt")
        config = PromptTuningConfig(
            num_virtual_tokens=self.virtual_tokens,
            prompt_tuning_init=self._start,
            **embedding_sizes(model),
        )
        return wrap(model, config, seed=seed)
