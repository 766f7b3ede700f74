"""Word embeddings of which only the rows move that a training text uses; the others cost nothing.

A vocabulary has 30,000 to 250,000 rows, a data set uses a few thousand. The gradient of all others
is zero in every step, yet it is made, measured and handed to the optimizer, which keeps two more
numbers of each: for a multilingual model that is most of the work and of the memory of a step.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import embedding
from transformers import PreTrainedModel

from luthier.models.network import Network

_WORTH = 0.75
"""Beyond this share of the rows in use, one table is simpler and as fast."""


def move_used_words(network: Network, tokens: NDArray[Any], padding: int) -> int:
    """Let only the rows of the word embeddings move that these tokens use; how many were left out.

    The run is the same as with a whole table, but for weight decay, which would shrink rows that
    nothing is learned about: they stay as they were pretrained. (Adafactor's means over columns are
    taken over the rows that move.) A table that stands for other weights too, such as a tied output
    layer, or does not move, is left as it is.

    Args:
        network: changed in place, until `restore_words`.
        tokens: all that the training rows hold.
        padding: the token that batches are filled up with.
    """
    if not isinstance(network, PreTrainedModel):
        return 0
    words = network.get_input_embeddings()
    if type(words) is not nn.Embedding or not words.weight.requires_grad:
        return 0
    owners = [m for m in network.modules() if any(p is words.weight for p in m.parameters(False))]
    used = np.union1d(tokens, [padding]).astype(np.int64)
    if len(owners) != 1 or len(used) > _WORTH * words.num_embeddings:
        return 0
    network.set_input_embeddings(_UsedWords(words, torch.from_numpy(used)))
    return words.num_embeddings - len(used)


def restore_words(network: Network) -> None:
    """Put the rows that moved back among the others; the model is plain again."""
    words = network.get_input_embeddings() if isinstance(network, PreTrainedModel) else None
    if isinstance(words, _UsedWords):
        network.set_input_embeddings(words.whole())


class _UsedWords(nn.Embedding):
    """Looks up a token where its row lies: among those that move, or among the others."""

    table: Tensor
    places: Tensor

    def __init__(self, words: nn.Embedding, used: Tensor):
        table = words.weight.detach()
        used = used.to(table.device)
        places = torch.full((len(table),), -1, device=table.device)
        places[used] = torch.arange(len(used), device=table.device)
        still = -1 if words.padding_idx is None else int(places[words.padding_idx])
        super().__init__(
            len(used),
            words.embedding_dim,
            padding_idx=still if still >= 0 else None,
            _weight=table[used].clone(),
        )
        self.used, self.padding_of_table = used, words.padding_idx
        self.register_buffer("table", table, persistent=False)
        self.register_buffer("places", places, persistent=False)
        self.train(words.training)

    def forward(self, tokens: Tensor) -> Tensor:
        places = self.places[tokens]
        if self.training:  # where every token is one of the training rows
            return super().forward(places)
        moved = super().forward(places.clamp(min=0))
        return torch.where(places[..., None] >= 0, moved, embedding(tokens, self.table))

    def whole(self) -> nn.Embedding:
        """All rows as they are now."""
        table = self.table.clone()
        table[self.used] = self.weight.detach()
        rows, width = table.shape
        whole = nn.Embedding(rows, width, padding_idx=self.padding_of_table, _weight=table)
        return whole.train(self.training)
