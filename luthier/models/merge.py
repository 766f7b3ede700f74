"""Fold an adapter into the weights it was trained beside: the same answers, no adapter."""

from transformers import PreTrainedModel

from luthier.core.errors import UserError
from luthier.models.bottleneck import bottleneck_sizes
from luthier.models.network import Network

_NO_WEIGHTS = (
    "--merge: what {} do is no change of the model's weights, so it cannot be merged into them. "
    "Export the adapter without --merge."
)


def merge(network: Network) -> PreTrainedModel:
    """A plain model that answers as the adapted one does, up to rounding.

    Args:
        network: used up; a model without adapter is given back as it is.

    Raises:
        UserError: there is no such model: what the adapter does is no change of weights.
    """
    if isinstance(network, PreTrainedModel):
        if bottleneck_sizes(network):
            raise UserError(_NO_WEIGHTS.format("bottlenecks"))
        return network
    if network.active_peft_config.is_prompt_learning:
        raise UserError(_NO_WEIGHTS.format("virtual tokens"))
    from luthier.models.wrap import unwrap  # imported already, by the adapter

    return unwrap(network)
