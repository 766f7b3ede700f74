"""Move direction and length of the linear maps' columns apart (DoRA), and the head."""

from typing import Any, final

from peft import PeftModel
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
class Dora(Adapter):
    """Move low-rank updates of the directions of weights, their lengths, and the head.

    Liu et al. (2024), equation 5: m (W + B A) / ||W + B A||, column by column. Closer to moving all
    weights than lora at a small rank, and slower.
    """

    def __init__(
        self,
        *,
        rank: Rank = 16,
        alpha: Alpha = 32,
        dropout: Dropout = 0.0,
        target_modules: TargetModules = None,
        layers: TopLayers = None,
    ):
        self._targets = Targets("adapter.dora", target_modules, layers)
        self._options: dict[str, Any] = {
            "r": rank,
            "lora_alpha": alpha,
            "lora_dropout": dropout,
            "use_dora": True,
        }

    def apply(self, model: PreTrainedModel, *, seed: int) -> PeftModel:
        """Put the updates in; the weights they update are frozen.

        Raises:
            UserError: the model has no such linear maps, or fewer layers.
        """
        return wrap(model, low_rank_config(model, self._targets, **self._options), seed=seed)
