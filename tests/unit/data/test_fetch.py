from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.core.packages import by_hand, kept_as
from luthier.data.catalog.small_talk import SmallTalk
from luthier.data.fetch import fetch_corpus


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def fetched(cache: Path) -> Path:
    folder = cache / kept_as(SmallTalk.package)
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("name", ["small-talk", "small_talk", {"small-talk": None}])
def test_a_name_gives_the_corpus_and_its_folder(name: object, fetched: Path) -> None:
    corpus, folder = fetch_corpus(name)
    assert (type(corpus), folder) == (SmallTalk, fetched)


def test_options_are_passed_on(fetched: Path) -> None:
    corpus, _ = fetch_corpus({"small-talk": {"language": "zh"}})
    assert isinstance(corpus, SmallTalk)
    assert corpus.language == "chinese"


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"no `small-tlak`.*`small_talk`"):
        fetch_corpus("small-tlak")


def test_a_wrong_archive_is_not_kept(cache: Path) -> None:
    by_hand(SmallTalk.package).parent.mkdir()
    by_hand(SmallTalk.package).write_bytes(b"")
    with pytest.raises(UserError, match=r"chatterbot-corpus 1\.3\.3: the archive is not the one"):
        fetch_corpus("small-talk")
    assert not (cache / kept_as(SmallTalk.package)).exists()
