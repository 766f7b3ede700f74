"""Tiny models, made in a second without a network: random weights, a real tokenizer."""

from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import BertConfig, BertModel, PreTrainedModel, PreTrainedTokenizerFast

from luthier.models.quiet import quiet

ENCODERS = ("bert", "distilbert", "roberta")
DECODERS = ("gpt2", "llama", "qwen2")
ENCODER_DECODERS = ("t5", "bart")
FAMILIES = (*ENCODERS, *DECODERS, *ENCODER_DECODERS)

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


_LAYERS, _WIDTH, _HEADS, _INNER, _POSITIONS = 3, 16, 2, 32, 64
_USUAL = {
    "hidden_size": _WIDTH,
    "num_hidden_layers": _LAYERS,
    "num_attention_heads": _HEADS,
    "intermediate_size": _INNER,
    "max_position_embeddings": _POSITIONS,
}
_SETTINGS: dict[str, dict[str, Any]] = {
    "bert": _USUAL,
    "distilbert": {
        "dim": _WIDTH,
        "n_layers": _LAYERS,
        "n_heads": _HEADS,
        "hidden_dim": _INNER,
        "max_position_embeddings": _POSITIONS,
    },
    # RoBERTa's positions start behind the padding token's number.
    "roberta": _USUAL | {"max_position_embeddings": _POSITIONS + 2, "type_vocab_size": 1},
    "gpt2": {"n_embd": _WIDTH, "n_layer": _LAYERS, "n_head": _HEADS, "n_positions": _POSITIONS},
    "llama": _USUAL | {"num_key_value_heads": 1, "tie_word_embeddings": False},
    "qwen2": _USUAL | {"num_key_value_heads": 1, "tie_word_embeddings": True},
    "t5": {
        "d_model": _WIDTH,
        "d_kv": _WIDTH // _HEADS,
        "d_ff": _INNER,
        "num_layers": _LAYERS,
        "num_heads": _HEADS,
        "decoder_start_token_id": 0,
    },
    "bart": {
        "d_model": _WIDTH,
        "encoder_layers": _LAYERS,
        "decoder_layers": _LAYERS,
        "encoder_attention_heads": _HEADS,
        "decoder_attention_heads": _HEADS,
        "encoder_ffn_dim": _INNER,
        "decoder_ffn_dim": _INNER,
        "max_position_embeddings": _POSITIONS,
        "decoder_start_token_id": 2,
        "forced_eos_token_id": 2,
    },
}
_INITIAL = {"t5": {"initializer_factor": 1.0}, "bart": {"init_std": 0.2}}
# Special tokens by the role that the tokenizer gives them, in the order of their numbers.
_ROLES: dict[str, dict[str, str]] = {
    "roberta": {
        "bos_token": "<s>",
        "pad_token": "<pad>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
        "cls_token": "<s>",
        "sep_token": "</s>",
    },
    "gpt2": {"eos_token": "<|endoftext|>", "bos_token": "<|endoftext|>"},
    "llama": {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"},
    "qwen2": {"pad_token": "<|endoftext|>", "eos_token": "<|im_end|>"},
    "t5": {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"},
}
_ROLES["bart"] = _ROLES["roberta"]
# What the tokenizer puts round one text, and round a pair of them.
_AROUND = {
    "roberta": ("<s> $A </s>", "<s> $A </s> </s> $B </s>"),
    "bart": ("<s> $A </s>", "<s> $A </s> </s> $B </s>"),
    "gpt2": ("$A", "$A $B"),
    "llama": ("<s> $A", "<s> $A <s> $B"),
    "qwen2": ("$A", "$A $B"),
    "t5": ("$A </s>", "$A </s> $B </s>"),
}
CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def tokenizer_of(family: str) -> PreTrainedTokenizerFast:
    """A family's kind of tokenizer: BERT's drops what it does not know, the others keep each byte.

    GPT-2 and Llama have no padding token, as the real ones; Qwen2 has a chat template.
    """
    if family in ("bert", "distilbert"):
        tokenizer = make_tokenizer()
        if family == "distilbert":
            tokenizer.model_input_names = ["input_ids", "attention_mask"]
        return tokenizer
    roles = _ROLES[family]
    special = list(dict.fromkeys(roles.values()))
    if family == "qwen2":
        special.insert(1, "<|im_start|>")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=_byte_level(special, *_AROUND[family]),
        model_max_length=_POSITIONS,
        model_input_names=["input_ids", "attention_mask"],
        additional_special_tokens=["<|im_start|>"] if family == "qwen2" else None,
        **roles,
    )
    if family == "qwen2":
        tokenizer.chat_template = CHATML
    return tokenizer


def _byte_level(special: list[str], single: str, pair: str) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=len(special) + 256 + 64,
        special_tokens=special,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator([f" {word}" for word in WORDS], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=single,
        pair=pair,
        special_tokens=[(token, i) for i, token in enumerate(special) if token in single],
    )
    return tokenizer


def config_of(family: str, **settings: Any) -> Any:
    """The configuration of a tiny model: three layers (T5 and BART: three and three)."""
    tokenizer = tokenizer_of(family)
    kind = type(transformers.AutoConfig.for_model(family))
    initial = _INITIAL.get(family, {"initializer_range": 0.2})
    padding = tokenizer.pad_token_id
    ends = {
        "vocab_size": len(tokenizer),
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.eos_token_id if padding is None else padding,
    }
    return kind(**(ends | _SETTINGS[family] | initial | settings))


def make_model(family: str, auto_class: str, *, seed: int = 0, **settings: Any) -> PreTrainedModel:
    """A model of some ten thousand random weights.

    Args:
        family: one of `FAMILIES`.
        auto_class: the head, such as `AutoModelForSequenceClassification`.
        seed: draws the weights.
        settings: of its configuration, such as `num_labels`.
    """
    torch.manual_seed(seed)
    return getattr(transformers, auto_class).from_config(config_of(family, **settings)).eval()


def pretrained_class(family: str) -> str:
    """What a family's checkpoints hold when they are published."""
    if family in ENCODERS:
        return "AutoModel"
    return "AutoModelForCausalLM" if family in DECODERS else "AutoModelForSeq2SeqLM"


def save_tiny(folder: Path, family: str, auto_class: str = "", *, seed: int = 0) -> Path:
    """A folder with model and tokenizer, as published: without a task's head, unless asked for."""
    model = make_model(family, auto_class or pretrained_class(family), seed=seed)
    with quiet():
        model.save_pretrained(folder)
        tokenizer_of(family).save_pretrained(folder)
    return folder
