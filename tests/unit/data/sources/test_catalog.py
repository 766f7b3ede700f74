from pathlib import Path

import pytest

import luthier.data.catalog
from luthier.core.errors import UserError
from luthier.data import fetch
from luthier.data.source import Found
from luthier.data.sources.catalog import Catalog

CORPUS = '''"""Two sentences."""
from luthier.core.catalog import Package
from luthier.data.corpus import Corpus
from luthier.data.source import Found

class TwoSentences(Corpus):
    package = Package("npm", "two", "1.0.0", "0" * 64, 1, ("*.txt",))
    licence = "CC0-1.0"
    languages = ("en",)

    def rows(self, folder):
        for number, line in enumerate((folder / "two.txt").read_text().splitlines(), 1):
            yield Found({"text": line}, f"two.txt:{number}")
'''


@pytest.fixture
def _two_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "two_sentences.py").write_text(CORPUS)
    (tmp_path / "two.txt").write_text("One.\nTwo.\n")
    monkeypatch.setattr(luthier.data.catalog, "__path__", [str(tmp_path)])
    monkeypatch.setattr(fetch, "fetch", lambda package, report: tmp_path)


@pytest.mark.usefixtures("_two_sentences")
def test_an_entry_gives_the_rows_of_its_fetched_package() -> None:
    rows = list(Catalog(name="two-sentences").rows())
    assert rows == [Found({"text": "One."}, "two.txt:1"), Found({"text": "Two."}, "two.txt:2")]


@pytest.mark.usefixtures("_two_sentences")
def test_an_unknown_entry_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match="Did you mean `two_sentences`"):
        list(Catalog(name="two-sentence").rows())
