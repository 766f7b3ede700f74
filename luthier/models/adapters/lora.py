"""Move low-rank updates of the linear maps (LoRA), and the head."""

from typing import Annotated, Any, final

from peft import PeftModel
from pydantic import Field
from transformers import PreTrainedModel

from luthier.models.adapter import Adapter
from luthier.models.low_rank import (
    Alpha,
    Dropout,
    Rank,
    TargetModules,
    Targets,
    TopLayers,
    low_rank_config,
)
from luthier.models.wrap import wrap


@final
class Lora(Adapter):
    """Move low-rank updates of frozen linear maps, W + (alpha / rank) B A, and the head.

    Hu et al. (2022), equation 3. B starts at zero, so at first nothing changes.
    """

    def __init__(
        self,
        *,
        rank: Rank = 16,
        alpha: Alpha = 32,
        dropout: Dropout = 0.0,
        target_modules: TargetModules = None,
        layers: TopLayers = None,
        rslora: Annotated[
            bool, Field(description="scale by alpha / sqrt(rank): Kalajdzievski (2023)")
        ] = False,
        pissa: Annotated[
            bool,
            Field(description="start from the main singular vectors: Meng et al. (2024); slow"),
        ] = False,
    ):
        self._targets = Targets("adapter.lora", target_modules, layers)
        self._options: dict[str, Any] = {
            "r": rank,
            "lora_alpha": alpha,
            "lora_dropout": dropout,
            "use_rslora": rslora,
            "init_lora_weights": "pissa" if pissa else True,
        }

    def apply(self, model: PreTrainedModel, *, seed: int) -> PeftModel:
        """Put the updates in; the weights they update are frozen.

        Raises:
            UserError: the model has no such linear maps, or fewer layers.
        """
        return wrap(model, low_rank_config(model, self._targets, **self._options), seed=seed)
