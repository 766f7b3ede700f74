"""A pretrained model that a package registry carries: the contract of `models/catalog/`."""

from abc import abstractmethod
from pathlib import Path
from typing import ClassVar

from luthier.core.catalog import Entry


class Pretrained(Entry):
    """How the files of an unpacked package become a folder that transformers loads.

    Attributes:
        parameters: how many weights it has.
        conversion: raise it when `convert` writes something else than before; caches go by it.
        pooled: whether an encoder brings the pooler of its architecture; if not, a head that wants
            one draws it anew.
        extra: the optional dependency that `convert` imports, if any; the extra of Luthier that
            installs it has the same name.
    """

    parameters: ClassVar[int]
    conversion: ClassVar[int] = 1
    pooled: ClassVar[bool] = True
    extra: ClassVar[str | None] = None

    @abstractmethod
    def convert(self, unpacked: Path, output: Path) -> None:
        """Write config, tokenizer and safetensors into the empty folder `output`.

        Files may be moved out of `unpacked`, which is on the same disk and thrown away afterwards.
        """
