"""Tiny models, made in a second without a network: random weights, a real tokenizer."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from luthier.models.quiet import quiet

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = [
    "cheap",
    "pills",
    "buy",
    "now",
    "win",
    "money",
    "free",
    "offer",
    "click",
    "here",
    "meeting",
    "report",
    "lunch",
    "team",
    "project",
    "thanks",
    "see",
    "you",
    "tomorrow",
    "the",
    "a",
    "of",
    "to",
    "and",
    "is",
    "on",
    "in",
    "it",
    "that",
]


def make_tokenizer() -> PreTrainedTokenizerFast:
    """A word-level tokenizer with BERT's special tokens; Chinese falls into characters."""
    vocabulary = {token: i for i, token in enumerate([*SPECIAL, *WORDS, *"很好差书看不喜欢非常"])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=64,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )


def save_tiny_bert(folder: Path, *, layers: int = 3, seed: int = 0) -> Path:
    """A BERT of about 30,000 weights, with its tokenizer, as transformers saves them."""
    tokenizer = make_tokenizer()
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.2,
    )
    with quiet():
        BertModel(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder
