"""Move small two-layer networks put into a frozen model, and the head."""

from typing import Annotated, Literal, final

from pydantic import Field
from transformers import PreTrainedModel

from luthier.models.adapter import Adapter, move_only
from luthier.models.bottleneck import attach, bottleneck_sizes, sublayer_ends, width
from luthier.models.head import head_parameters


@final
class Bottleneck(Adapter):
    """Move small two-layer networks put behind the sublayers of a frozen model, and the head.

    Houlsby et al. (2019) put one behind attention and one behind feed-forward, Pfeiffer et al.
    (2021) only the latter; here the layer norms stay frozen in both. At the start they change
    nothing. They cannot be merged into the model, and make it a little slower.
    """

    def __init__(
        self,
        *,
        placement: Annotated[
            Literal["houlsby", "pfeiffer"],
            Field(description="behind attention and feed-forward, or behind feed-forward only"),
        ] = "pfeiffer",
        reduction: Annotated[
            int, Field(ge=1, description="how many times narrower than the model they are")
        ] = 16,
    ):
        self.placement = placement
        self.reduction = reduction

    def apply(self, model: PreTrainedModel, *, seed: int) -> PreTrainedModel:
        """Put the bottlenecks in, and freeze everything else but the head.

        Raises:
            UserError: the layers are not made of attention and linear maps.
        """
        head = head_parameters(model)
        ends = sublayer_ends(model, self.placement)
        widths = {end: width(model.get_submodule(end)) for end in ends}
        attach(model, {e: max(1, w // self.reduction) for e, w in widths.items()}, seed=seed)
        added = tuple(f"{end}.bottleneck." for end in bottleneck_sizes(model))
        names = {name for name, _ in model.named_parameters() if name.startswith(added)}
        move_only(model, names | head)
        return model
