import io
import lzma
import secrets
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core import archives
from luthier.core.archives import require_hash, unpack
from luthier.core.errors import UserError
from tests.packages import files_below, sha256, write_tar, write_zip

Writer = Callable[[Path, Mapping[str, bytes]], Path]
both_kinds = pytest.mark.parametrize("write", [write_zip, write_tar])
NAMES = st.from_regex(r"[a-zé文][a-z0-9é文. _-]{0,8}(/[a-z0-9文]{1,8}){0,2}", fullmatch=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    return folder


@both_kinds
def test_members_that_match_are_unpacked_and_no_others(
    write: Writer, tmp_path: Path, folder: Path
) -> None:
    content = {"p/data/a.txt": b"1", "p/data/deep/b.txt": b"2", "p/data/c.json": b"3", "x": b""}
    unpack(write(tmp_path / "archive", content), folder, ["p/data/*.txt", "x"])
    assert files_below(folder) == {"p/data/a.txt": b"1", "p/data/deep/b.txt": b"2", "x": b""}


@settings(max_examples=40, deadline=None)
@given(content=st.dictionaries(NAMES, st.binary(max_size=99), min_size=1, max_size=4))
def test_what_is_packed_is_unpacked(
    content: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("hypothesis")
    if any(other.startswith(f"{name}/") for name in content for other in content):
        return
    for write in (write_zip, write_tar):
        folder = place / write.__name__
        folder.mkdir()
        unpack(write(place / "archive", content), folder, ["*"])
        assert files_below(folder) == content


@settings(max_examples=150, deadline=None)
@given(data=st.data(), write=st.sampled_from([write_zip, write_tar]))
def test_a_damaged_archive_is_refused_in_a_sentence_and_writes_nowhere_else(
    data: st.DataObject, write: Writer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("hypothesis")
    folder = place / "folder"
    folder.mkdir()
    archive = write(place / "archive", {"a.txt": b"first" * 9, "b/c.txt": b"second"})
    content = bytearray(archive.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    archive.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    with suppress(UserError):
        unpack(archive, folder, ["*"])
    assert sorted(path.name for path in place.iterdir()) == ["archive", "folder"]


@both_kinds
@pytest.mark.parametrize(
    "name",
    ["../out", "in/../../out", "/out", "C:/out", "in\\..\\out", "line\nfeed", "a:b", "\x1b[31m"],
)
def test_a_path_that_may_not_be_written_is_refused(
    write: Writer, name: str, tmp_path: Path, folder: Path
) -> None:
    archive = write(tmp_path / "archive", {name: b""})
    with pytest.raises(UserError, match="a path that may not be written"):
        unpack(archive, folder, ["*"])
    assert files_below(tmp_path) == {"archive": archive.read_bytes()}


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE,
        tarfile.LNKTYPE,
        tarfile.CHRTYPE,
        tarfile.BLKTYPE,
        tarfile.FIFOTYPE,
        tarfile.GNUTYPE_SPARSE,
    ],
)
def test_a_link_or_device_in_a_tar_file_is_refused(
    kind: bytes, tmp_path: Path, folder: Path
) -> None:
    member = tarfile.TarInfo("data/link")
    member.type, member.linkname = kind, "/etc/passwd"
    archive = write_tar(tmp_path / "archive", {"data/link": member})
    with pytest.raises(UserError, match=r"no plain file|damaged"):
        unpack(archive, folder, ["data/*"])
    assert not any(folder.rglob("*"))


def test_a_link_that_is_not_wanted_is_passed_over(tmp_path: Path, folder: Path) -> None:
    member = tarfile.TarInfo("bin/link")
    member.type, member.linkname = tarfile.SYMTYPE, "../lib/x"
    unpack(write_tar(tmp_path / "a", {"bin/link": member, "data/a": b"1"}), folder, ["data/*"])
    assert files_below(folder) == {"data/a": b"1"}


def test_a_link_in_a_zip_file_is_refused(tmp_path: Path, folder: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "archive", "w") as file:
        file.writestr(link, "/etc/passwd")
    with pytest.raises(UserError, match="no plain file"):
        unpack(tmp_path / "archive", folder, ["*"])


def test_a_zip_file_with_another_packing_is_refused(tmp_path: Path, folder: Path) -> None:
    with zipfile.ZipFile(tmp_path / "archive", "w", zipfile.ZIP_LZMA) as file:
        file.writestr("a", "x")
    with pytest.raises(UserError, match="packed otherwise than zip files are"):
        unpack(tmp_path / "archive", folder, ["*"])


@both_kinds
@pytest.mark.parametrize("wanted", ["bomb", "*"])
def test_a_bomb_does_not_go_off(write: Writer, wanted: str, tmp_path: Path, folder: Path) -> None:
    archive = write(tmp_path / "archive", {"bomb": bytes(20_000_000)})
    with pytest.raises(UserError, match="unpacks to more than 200 times its own size"):
        unpack(archive, folder, [wanted])
    assert sum(map(len, files_below(folder).values())) <= 200 * archive.stat().st_size


def test_a_bomb_beside_what_is_wanted_in_a_tar_file_does_not_go_off(
    tmp_path: Path, folder: Path
) -> None:
    archive = write_tar(tmp_path / "archive", {"bomb": bytes(20_000_000), "wanted": b"1"})
    with pytest.raises(UserError, match="unpacks to more than"):
        unpack(archive, folder, ["wanted"])


def test_a_small_archive_may_hold_very_repetitive_text(tmp_path: Path, folder: Path) -> None:
    content = {"ham.txt": b"ham " * 200_000}
    unpack(write_zip(tmp_path / "archive", content), folder, ["*"])
    assert files_below(folder) == content


@both_kinds
def test_too_many_members_are_refused(
    write: Writer, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    archive = write(tmp_path / "archive", dict.fromkeys("abcd", b""))
    with pytest.raises(UserError, match="more than 3 members"):
        unpack(archive, folder, ["a"])


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["data/a", "data//a", "./data/a", "data/a/b"])
def test_a_member_that_is_there_twice_is_refused(second: str, tmp_path: Path, folder: Path) -> None:
    with zipfile.ZipFile(tmp_path / "archive", "w") as file:
        file.writestr("data/a", "1")
        file.writestr(second, "2")
    with pytest.raises(UserError, match="twice"):
        unpack(tmp_path / "archive", folder, ["*"])


@both_kinds
def test_an_archive_without_what_is_wanted_is_refused(
    write: Writer, tmp_path: Path, folder: Path
) -> None:
    with pytest.raises(UserError, match=r"holds nothing that matches \*.txt"):
        unpack(write(tmp_path / "archive", {"a.json": b""}), folder, ["*.txt"])


def test_modes_of_the_archive_are_not_taken_over(tmp_path: Path, folder: Path) -> None:
    member = tarfile.TarInfo("run.sh")
    member.mode = 0o4777
    unpack(write_tar(tmp_path / "archive", {"run.sh": member}), folder, ["*"])
    assert (folder / "run.sh").stat().st_mode & 0o7111 == 0


@pytest.mark.parametrize("content", [b"", b"hello", b"\x1f\x8b", b"PK\x03\x04"])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path, folder: Path) -> None:
    (tmp_path / "archive").write_bytes(content)
    with pytest.raises(UserError, match="archive: "):
        unpack(tmp_path / "archive", folder, ["*"])


def test_another_hash_is_told_with_both(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(b"other")
    with pytest.raises(UserError, match=f"toy 1.0.*expected {'0' * 64}.*found {sha256(archive)}"):
        require_hash(archive, ["0" * 64], "toy 1.0")


def test_one_of_several_right_hashes_is_enough(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(b"this")
    require_hash(archive, ["0" * 64, sha256(archive)], "toy 1.0")


TAR_KINDS = ("w", "w:gz", "w:bz2", "w:xz")


@pytest.mark.parametrize("mode", TAR_KINDS)
def test_a_tar_file_is_read_however_it_is_packed(mode: str, tmp_path: Path, folder: Path) -> None:
    archive = write_tar_as(mode, tmp_path / "archive", b"text" * 99)
    unpack(archive, folder, ["*"])
    assert files_below(folder) == {"a/b.txt": b"text" * 99}


@pytest.mark.parametrize("mode", TAR_KINDS[1:])
def test_a_tar_file_that_is_cut_short_is_damaged(mode: str, tmp_path: Path, folder: Path) -> None:
    archive = write_tar_as(mode, tmp_path / "archive", secrets.token_bytes(9999))
    archive.write_bytes(archive.read_bytes()[:-600])
    with pytest.raises(UserError, match=r"archive: damaged"):
        unpack(archive, folder, ["*"])


@pytest.mark.parametrize("mode", TAR_KINDS[1:])
def test_a_bomb_is_refused_however_it_is_packed(mode: str, tmp_path: Path, folder: Path) -> None:
    archive = write_tar_as(mode, tmp_path / "archive", bytes(9 * 2**20))
    with pytest.raises(UserError, match="unpacks to more than"):
        unpack(archive, folder, ["*"])


def test_xz_that_asks_for_much_memory_is_refused(tmp_path: Path, folder: Path) -> None:
    archive = tmp_path / "archive"
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**28}]
    plain = write_tar_as("w", tmp_path / "plain", b"text").read_bytes()
    archive.write_bytes(lzma.compress(plain, filters=filters))
    with pytest.raises(UserError, match="damaged"):
        unpack(archive, folder, ["*"])


def test_xz_streams_one_after_another_are_one(tmp_path: Path, folder: Path) -> None:
    plain = write_tar_as("w", tmp_path / "plain", b"text").read_bytes()
    archive = tmp_path / "archive"
    archive.write_bytes(lzma.compress(plain[:700]) + lzma.compress(plain[700:]))
    unpack(archive, folder, ["*"])
    assert files_below(folder) == {"a/b.txt": b"text"}


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_chinese_names_of_a_zip_file_are_read_without_its_saying(
    codec: str, tmp_path: Path, folder: Path
) -> None:
    archive = write_zip(tmp_path / "archive", {"AAAA/b.txt": b"text"})
    name = "垃圾".encode("gb18030") if codec == "gb18030" else "好a".encode()
    archive.write_bytes(archive.read_bytes().replace(b"AAAA", name))
    unpack(archive, folder, ["*"])
    assert list(files_below(folder)) == [f"{name.decode(codec)}/b.txt"]


def test_an_encrypted_member_is_refused(tmp_path: Path, folder: Path) -> None:
    archive = write_zip(tmp_path / "archive", {"a.txt": b"text"})
    content = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    archive.write_bytes(content)
    with pytest.raises(UserError, match=r"'a\.txt', which is encrypted"):
        unpack(archive, folder, ["*"])


def write_tar_as(mode: str, path: Path, content: bytes) -> Path:
    with tarfile.open(path, mode) as file:  # type: ignore[call-overload]
        member = tarfile.TarInfo("a/b.txt")
        member.size = len(content)
        file.addfile(member, io.BytesIO(content))
    return path
