import gc
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.data.open import open_source
from luthier.data.source import Found
from luthier.data.sources.archive import Archive
from tests import documents


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_archive_is_read_as_the_folder_in_it() -> None:
    Path("a.zip").write_bytes(documents.packed({"top/spam/1.txt": "Win!", "top/ham/1.txt": "Hi."}))
    assert list(open_source("a.zip").rows()) == [
        Found({"text": "Hi.", "file": "ham/1.txt", "label": "ham"}, "a.zip/top/ham/1.txt"),
        Found({"text": "Win!", "file": "spam/1.txt", "label": "spam"}, "a.zip/top/spam/1.txt"),
    ]


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz", "tar.bz2", "tar.xz"])
def test_tar_files_are_known_by_their_endings(ending: str) -> None:
    Path("rows.jsonl").write_text('{"text": "a"}\n')
    mode = {"tar": "w", "tgz": "w:gz"}.get(ending) or f"w:{ending[4:]}"
    with tarfile.open(f"a.{ending}", mode) as file:  # type: ignore[call-overload]
        file.add("rows.jsonl")
    rows = list(open_source(f"a.{ending}").rows())
    assert rows == [Found({"text": "a"}, f"a.{ending}/rows.jsonl:1")]


def test_a_pattern_says_which_files_of_it_to_read() -> None:
    content = {"conversations.json": '[{"text": "a"}]', "chat.html": "<p>x"}
    Path("a.zip").write_bytes(documents.packed(content))
    source = open_source({"archive": {"path": "a.zip", "files": "*.json"}})
    assert [row.fields for row in source.rows()] == [{"text": "a"}]


def test_its_tables_can_do_without_their_headers() -> None:
    Path("a.zip").write_bytes(documents.packed({"a.tsv": "good\tbad\n"}))
    rows = Archive(path="a.zip").without_header().rows()
    assert [row.fields for row in rows] == [{"1": "good", "2": "bad"}]


def test_what_is_unpacked_goes_with_the_source(tmp_path: Path) -> None:
    Path("a.zip").write_bytes(documents.packed({"a.txt": "a"}))
    source = Archive(path="a.zip")
    list(source.rows())
    folder = source._unpacked()._root
    assert folder.is_dir()
    del source
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize("name", ["../a.txt", "/a.txt"])
def test_paths_that_climb_out_are_refused(name: str) -> None:
    Path("a.zip").write_bytes(documents.packed({name: "a"}))
    with pytest.raises(UserError, match="a path that may not be written"):
        list(Archive(path="a.zip").rows())


def test_a_bomb_is_refused() -> None:
    Path("a.zip").write_bytes(documents.packed({"a.txt": bytes(2**26)}))
    with pytest.raises(UserError, match="unpacks to more than"):
        list(Archive(path="a.zip").rows())


def test_a_missing_archive_is_told_with_the_nearest_name() -> None:
    Path("mails.zip").write_bytes(b"")
    with pytest.raises(UserError, match=r"mail\.zip: no such file\. Did you mean `mails\.zip`"):
        list(open_source("mail.zip").rows())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 200), junk=st.binary(max_size=5))
def test_a_mutated_archive_is_rows_or_the_users_mistake(at: int, junk: bytes) -> None:
    whole = documents.packed({"a.jsonl": '{"text": "a"}\n', "b.jsonl": '{"text": "b"}\n'})
    Path("a.zip").write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    with suppress(UserError):
        assert list(Archive(path="a.zip").rows())
