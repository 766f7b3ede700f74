"""Move direction and length of the linear maps' columns apart (DoRA), and the head."""

from typing import Annotated, Any, final

from peft import PeftModel
from pydantic import Field
from transformers import PreTrainedModel

from luthier.models.adapter import Adapter
from luthier.models.low_rank import Targets, low_rank_config
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
        rank: Annotated[int, Field(ge=1, description="of each update")] = 16,
        alpha: Annotated[float, Field(gt=0, description="updates are scaled by alpha / rank")] = 32,
        dropout: Annotated[float, Field(ge=0, lt=1, description="before each update")] = 0.0,
        target_modules: Annotated[
            list[str] | None,
            Field(min_length=1, description="ends of names of linear maps; else all but the head"),
        ] = None,
        layers: Annotated[
            int | None, Field(ge=1, description="only in so many top layers; else in all")
        ] = None,
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
