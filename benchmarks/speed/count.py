"""What there is to do in an item: tokens, moving weights, and the FLOPs of a step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from luthier.core.chunks import chunks
from luthier.core.config import MENUS, read_recipe
from luthier.data.dataset import Dataset
from luthier.evaluation.predict import load_base
from luthier.models.layers import layer_stack, reached_layers
from luthier.models.load import locate
from luthier.tasks.encoded import Encoded, gather


@dataclass(frozen=True, slots=True)
class Weights:
    """Numbers of weights in matrix products, and of those that move among them."""

    dense: int
    moving: int


def flops_per_token(weights: Weights) -> int:
    """2 N forward, 2 N backward to the activations, 2 M to the weights that move.

    N counts all weights but embeddings (and a head that is one with them), M those of N that move;
    with all weights moving these are the 6 N of Kaplan et al. (2020). Attention's own products,
    which grow with the length, are left out, and so are those of padding.
    """
    return 4 * weights.dense + 2 * weights.moving


def dense_weights(network: nn.Module) -> Weights:
    """All weights but those of embeddings, tied heads included; each counted once."""
    tables = {id(m.weight) for m in network.modules() if isinstance(m, nn.Embedding)}
    dense = [p for p in network.parameters() if id(p) not in tables]
    moving = sum(p.numel() for p in dense if p.requires_grad)
    return Weights(sum(p.numel() for p in dense), moving)


def facts_of(recipe: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    """What contenders and the table need to know: counts of one epoch, where the model lies.

    `flops_per_token` is None where something below what moves is frozen, because its products are
    needed once, not once an epoch.
    """
    checked = read_recipe({**recipe, "data": {"source": str(dataset.folder)}})
    task = MENUS["task"].build(checked.task)
    task.learn(dataset.rows("train"))
    model = load_base(checked, task)
    task.begin(model.network)
    network = MENUS["adapter"].build(checked.adapter).apply(model.network, seed=0)
    encoded = gather(
        (
            task.encode(chunk, model.tokenizer, checked.model.max_length)
            for chunk in chunks(dataset.rows("train"), 1024)
        ),
        None,
    )
    weights = dense_weights(network)
    depth = len(layer_stack(network))
    is_whole = reached_layers(network) == depth
    return {
        "location": locate(checked.model.base),
        "rows": len(encoded),
        "test_rows": dataset.num_rows("test"),
        "tokens": int(encoded.lengths.sum()),
        "supervised_tokens": _supervised(encoded),
        "depth": depth,
        "dense_weights": weights.dense,
        "moving_dense_weights": weights.moving,
        "flops_per_token": flops_per_token(weights) if is_whole else None,
        "moving": [name for name, p in network.named_parameters() if p.requires_grad],
    }


def _supervised(encoded: Encoded) -> int | None:
    """Tokens with a loss; None where it is rows that have one."""
    weights = encoded.lists.get("weights")
    return None if weights is None else int(np.count_nonzero(weights.flat))
