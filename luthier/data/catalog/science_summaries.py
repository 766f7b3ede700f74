"""250 papers of computational linguistics, each with three one-sentence summaries by experts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from luthier.core.catalog import Package
from luthier.data.corpus import Corpus
from luthier.data.source import Found

_SPLITS = {"train": "train", "val": "validation", "test": "test"}
_SECTIONS = ("abstract", "introduction", "conclusion")


class ScienceSummaries(Corpus):
    """ACLSum (Takeshita et al. 2024): `document`, `summary`, `title`, and its own `split`.

    The document is abstract, introduction and conclusion, one paragraph each, its words parted by
    spaces as in the data set. The split is 100 train, 50 validation, 100 test.
    """

    package = Package(
        registry="pypi",
        name="aclsum",
        version="0.1.2",
        sha256="c75ffc48d3eabc5f37c68ea087943780a85950087957759e89746f21111f2213",
        megabytes=5,
        members=tuple(f"aclsum/dataset/{name}.jsonl" for name in _SPLITS),
    )
    licence = "MIT"
    languages = ("en",)
    count = 250

    def __init__(
        self,
        *,
        aspect: Annotated[
            Literal["challenge", "approach", "outcome"],
            Field(description="what the summary is about: the problem, the method or the result"),
        ] = "outcome",
    ):
        self.aspect = aspect

    def rows(self, folder: Path) -> Iterator[Found]:
        """One row per paper: train, validation, test, each in the order of its file."""
        for name, split in _SPLITS.items():
            path = f"aclsum/dataset/{name}.jsonl"
            with (folder / path).open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, start=1):
                    paper = json.loads(line)
                    sections = (" ".join(paper["sentences"][section]) for section in _SECTIONS)
                    fields = {
                        "document": "\n\n".join(sections),
                        "summary": paper["summary"][self.aspect],
                        "title": paper["title"],
                        "split": split,
                    }
                    yield Found(fields, f"{path}:{number}")
