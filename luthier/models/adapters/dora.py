"""Move direction and length of the linear maps' columns apart (DoRA), and the head."""

from collections.abc import Mapping
from typing import Any, ClassVar, final

from luthier.models.low_rank import LowRank


@final
class Dora(LowRank):
    """Move low-rank updates of the directions of weights, their lengths, and the head.

    Liu et al. (2024), equation 5: m (W + B A) / ||W + B A||, column by column. Closer to moving all
    weights than lora at a small rank, and slower.
    """

    place = "adapter.dora"
    settings: ClassVar[Mapping[str, Any]] = {"use_dora": True}
