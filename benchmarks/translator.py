"""Make a small encoder-decoder of random weights, and a tokenizer of two languages, from pairs.

`python -m benchmarks.translator PAIRS.tsv FOLDER` reads two columns without a header.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import UnigramTrainer
from transformers import BartConfig, BartForConditionalGeneration, PreTrainedTokenizerFast

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
VOCABULARY = 8000
HAN = "[㐀-鿿]"


def make_tokenizer(pairs: Path) -> PreTrainedTokenizerFast:
    """A Unigram tokenizer (Kudo, 2018) of both columns; Chinese characters stand by themselves."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Split(Regex(HAN), "isolated")]
    )
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(
        _texts(pairs),
        UnigramTrainer(
            vocab_size=VOCABULARY, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=256,
    )


def make_model(vocabulary: int) -> BartForConditionalGeneration:
    """A BART of 3 + 3 layers of 256, with random weights: about 7 million."""
    torch.manual_seed(7)
    config = BartConfig(
        vocab_size=vocabulary,
        d_model=256,
        encoder_layers=3,
        decoder_layers=3,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=1024,
        decoder_ffn_dim=1024,
        max_position_embeddings=256,
        dropout=0.1,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_eos_token_id=None,
    )
    return BartForConditionalGeneration(config)


def _texts(pairs: Path) -> Iterator[str]:
    with pairs.open(encoding="utf-8") as file:
        for line in file:
            yield from line.rstrip("\n").split("\t")[:2]


def main() -> None:
    """Write the folder."""
    pairs, folder = Path(sys.argv[1]), Path(sys.argv[2])
    tokenizer = make_tokenizer(pairs)
    model = make_model(len(tokenizer))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    print(f"{folder}: {sum(p.numel() for p in model.parameters()):,} weights, all random.")


if __name__ == "__main__":
    main()
