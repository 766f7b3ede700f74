"""Move low-rank updates of the linear maps (LoRA), and the head."""

from typing import Annotated, final

from pydantic import Field

from luthier.models.low_rank import Alpha, Dropout, LowRank, Rank, TargetModules, TopLayers


@final
class Lora(LowRank):
    """Move low-rank updates of frozen linear maps, W + (alpha / rank) B A, and the head.

    Hu et al. (2022), equation 3. B starts at zero, so at first nothing changes.
    """

    place = "adapter.lora"

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
        super().__init__(
            rank=rank, alpha=alpha, dropout=dropout, target_modules=target_modules, layers=layers
        )
        start = "pissa" if pissa else True
        self._options |= {"use_rslora": rslora, "init_lora_weights": start}
