from pathlib import Path

import numpy as np
import pytest
import torch
from gguf import GGUFWriter
from transformers import AutoModelForCausalLM, AutoTokenizer

from luthier.models.catalog.smollm2_135m import Smollm2135m

SIZES = {
    "attn_norm": (32,),
    "attn_q": (32, 32),
    "attn_k": (32, 32),
    "attn_v": (32, 32),
    "attn_output": (32, 32),
    "ffn_norm": (32,),
    "ffn_gate": (64, 32),
    "ffn_up": (64, 32),
    "ffn_down": (32, 64),
}
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
LETTERS = [*"Ġabcdefgh0123456789"]


def write_gguf(path: Path) -> None:
    """A Llama of one layer, in the dress of the real one."""
    tokens = [*SPECIAL, *LETTERS, "ĠĠ"]
    writer = GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_block_count(1)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_rope_freq_base(100000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3] * len(SPECIAL) + [1] * (len(tokens) - len(SPECIAL)))
    writer.add_token_merges(["Ġ Ġ"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template("{% for m in messages %}<|im_start|>{{ m.content }}{% endfor %}")
    random = np.random.default_rng(0)
    shapes = {f"blk.0.{name}": shape for name, shape in SIZES.items()}
    for name, shape in {"token_embd": (len(tokens), 32), "output_norm": (32,), **shapes}.items():
        writer.add_tensor(f"{name}.weight", random.normal(size=shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    unpacked, output = tmp_path_factory.mktemp("unpacked"), tmp_path_factory.mktemp("output")
    file = unpacked / Smollm2135m.package.members[0]
    file.parent.mkdir()
    write_gguf(file)
    Smollm2135m().convert(unpacked, output)
    return output


def test_the_folder_loads_without_gguf_and_in_fp32(converted: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(converted, use_safetensors=True)
    assert model.dtype == torch.float32
    assert sorted(path.suffix for path in converted.iterdir()) == [
        ".jinja",
        *[".json"] * 4,
        ".safetensors",
    ]


def test_weights_come_over_as_they_are(converted: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(converted)
    first = np.random.default_rng(0).normal(size=(23, 32)).astype(np.float32)
    assert np.array_equal(model.get_input_embeddings().weight.detach().numpy(), first)


def test_digits_are_parted_before_spaces_are_joined(converted: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(converted)
    assert tokenizer.tokenize("a  12") == ["a", "ĠĠ", "1", "2"]


def test_the_tokenizer_knows_how_much_the_model_can_read(converted: Path) -> None:
    assert AutoTokenizer.from_pretrained(converted).model_max_length == 64


def test_the_chat_template_comes_along(converted: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(converted)
    chat = tokenizer.apply_chat_template([{"role": "user", "content": "abc"}], tokenize=False)
    assert chat == "<|im_start|>abc"


def test_nothing_is_printed_meanwhile(
    converted: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    unpacked, output = tmp_path / "unpacked", tmp_path / "output"
    output.mkdir()
    file = unpacked / Smollm2135m.package.members[0]
    file.parent.mkdir(parents=True)
    write_gguf(file)
    Smollm2135m().convert(unpacked, output)
    assert capfd.readouterr() == ("", "")
