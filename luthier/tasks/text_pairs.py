"""Texts, or pairs of texts, as one input of a model."""

from collections.abc import Mapping, Sequence

import torch
from transformers import PreTrainedTokenizerBase

from luthier.core.records import Row
from luthier.tasks.encoded import Encoded, EncodedBatch, Indices
from luthier.tasks.task import Batch, tokenize


def encode_texts(
    rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
) -> EncodedBatch:
    """Tokens of the text, with `text_pair` behind it where rows have one; no targets yet."""
    pairs = [row["text_pair"] for row in rows] if "text_pair" in rows[0].fields else None
    tokens, lengths = tokenize(tokenizer, [row["text"] for row in rows], pairs, max_length)
    return EncodedBatch(tokens, {}, lengths, [row.id for row in rows])


def padded_inputs(encoded: Encoded, rows: Indices, padding: Mapping[str, int]) -> Batch:
    """`input_ids` and what else the model takes, and `attention_mask`: each (B, L)."""
    return {name: torch.from_numpy(c) for name, c in encoded.padded(rows, padding).items()}


def render_texts(row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int) -> str:
    """The tokens the model sees, as text, and how many it does not."""
    encoded = encode_texts([row], tokenizer, max_length)
    ids = encoded.tokens["input_ids"][0]
    cut = encoded.full_lengths[0] - len(ids)
    return f"{tokenizer.decode(ids)}{f' … {cut} tokens cut off' if cut else ''}"
