"""A file as it lies on disk: plain or gz, decoded by its byte order mark, refused if binary."""

import codecs
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from difflib import get_close_matches
from functools import partial
from gzip import BadGzipFile, GzipFile
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from types import MappingProxyType
from typing import Any

from luthier.core.errors import UserError

MAX_RECORD = 64 * 2**20
"""Characters that one line, or one record of several lines, may have at most."""
HEAD_BYTES = 8192
HEAD_LINES = 200
HEAD_CHARACTERS = 2**18

_GZ = b"\x1f\x8b"
_MARKS = (  # UTF-32 before UTF-16, whose little-endian mark it begins with
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = MappingProxyType(
    {
        b"PK\x03\x04": "a zip archive or an Office document; name it so: .zip, .docx, .xlsx",
        b"\xd0\xcf\x11\xe0": "an old Office document; save it as CSV or text",
        b"%PDF-": "a PDF; give it a name that ends in .pdf",
        _GZ: "gzip data; give it a name that ends in .gz",
        b"PAR1": "parquet; give it a name that ends in .parquet",
        b"ARROW1": "an Arrow file; save it as parquet",
        b"\x89PNG": "a PNG image",
        b"\xff\xd8\xff": "a JPEG image",
        b"GIF8": "a GIF image",
        b"\x7fELF": "a program",
        b"MZ\x90\x00": "a program",
        b"BZh": "bzip2 data; unpack it, or pack it as gz",
        b"\xfd7zXZ": "xz data; unpack it, or pack it as gz",
        b"\x28\xb5\x2f\xfd": "zstandard data; unpack it, or pack it as gz",
        b"7z\xbc\xaf": "a 7z archive; unpack it",
        b"SQLite format 3": "an SQLite database; read it with sql:sqlite:///PATH",
    }
)


class BinaryFile(UserError):
    """What should be text holds NUL bytes or the signature of something else."""


class RawFile:
    """One file to be read, and the name by which messages call it.

    Args:
        path: where it lies.
        name: how the user would call it; the path itself if not given.
    """

    def __init__(self, path: Path, name: str | None = None):
        self.path = path
        self.name = name or str(path)

    @property
    def is_gz(self) -> bool:
        """Whether the name says that the content is compressed."""
        return self.path.suffix.lower() == ".gz"

    @property
    def extension(self) -> str:
        """What kind of file the name says it is: `csv` for `Mails.CSV.gz`, `` for `mails`."""
        name = Path(self.path.stem) if self.is_gz else self.path
        return name.suffix.lower().removeprefix(".")

    @contextmanager
    def binary(self) -> Iterator["BufferedReader[Any]"]:
        """Open the content, unpacked, as a stream of bytes.

        Raises:
            UserError: it is missing, not a file, closed to us, not gzip data, or cut short.
        """
        if not self.path.is_file():
            raise UserError(not_a_file(self.path, self.name))
        with self._failures_told(), open(self.path, "rb") as plain:
            if not self.is_gz:
                yield plain
                return
            if plain.peek(2)[:2] not in (_GZ, b""):
                raise UserError(f"{self.name}: not gzip data in spite of its name; rename it.")
            with BufferedReader(GzipFile(fileobj=plain), 2**18) as unpacked:
                yield unpacked

    @contextmanager
    def text(self, newline: str | None = None) -> Iterator[TextIOWrapper]:
        r"""Open the content as text: UTF-8, or what its byte order mark says.

        Bytes that are no UTF-8 are kept as lone surrogates (`surrogateescape`).

        Args:
            newline: as for `open`: None reads every line end as `\n`, `""` keeps it as it is.

        Raises:
            UserError: see `binary`; or it begins with a signature or a NUL byte.
        """
        with self.binary() as raw:
            head = raw.peek(HEAD_BYTES)[:HEAD_BYTES]
            encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
            wide = encoding in ("utf-16", "utf-32")
            self._refuse_binary(head, wide=wide)
            errors = "strict" if wide else "surrogateescape"
            with TextIOWrapper(raw, encoding=encoding, errors=errors, newline=newline) as text:
                yield text

    def lines(self, newline: str | None = None) -> Generator[str, None, None]:
        """All lines with their ends, one in memory at a time.

        Raises:
            UserError: see `text`; or a line is longer than `MAX_RECORD`, or holds a NUL byte.
        """
        with self.text(newline) as text:
            take = partial(text.readline, MAX_RECORD + 1)
            for number, line in enumerate(iter(take, ""), 1):
                if len(line) > MAX_RECORD:
                    raise UserError(f"{self.name}:{number}: {TOO_LONG}")
                if "\0" in line:
                    raise BinaryFile(f"{self.name}:{number}: {_NUL}")
                yield line

    def head(self) -> list[str]:
        """The first lines as they are: at most 200, and about 256,000 characters."""
        taken: list[str] = []
        characters = 0
        with closing(self.lines(newline="")) as lines:
            for line in lines:
                taken.append(line)
                characters += len(line)
                if len(taken) == HEAD_LINES or characters > HEAD_CHARACTERS:
                    break
        return taken

    def whole(self) -> str:
        """The whole text as one string.

        Raises:
            UserError: see `text`; or it is longer than `MAX_RECORD`, or holds a NUL byte.
        """
        with self.text() as text:
            content = text.read(MAX_RECORD + 1)
        if len(content) > MAX_RECORD:
            raise UserError(f"{self.name}: {TOO_LONG}")
        if "\0" in content:
            raise BinaryFile(f"{self.name}: {_NUL}")
        return content

    def _refuse_binary(self, head: bytes, *, wide: bool) -> None:
        for signature, what in _SIGNATURES.items():
            if head.startswith(signature):
                raise BinaryFile(f"{self.name}: a binary file, not text: it is {what}.")
        if b"\0" in head and not wide:
            raise BinaryFile(f"{self.name}: {_NUL}")

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        try:
            yield
        except PermissionError:
            raise UserError(f"{self.name}: may not be read. Ask its owner.") from None
        except EOFError:
            raise UserError(f"{self.name}: cut short; fetch it again.") from None
        except (BadGzipFile, zlib.error) as error:
            raise UserError(f"{self.name}: damaged gzip data ({error}); fetch it again.") from None
        except UnicodeDecodeError as error:
            raise UserError(
                f"{self.name}: broken {error.encoding.upper()} text; save it as UTF-8."
            ) from None


TOO_LONG = (
    f"more than {MAX_RECORD // 2**20} million characters without an end; "
    "split it into lines, one row each."
)
_NUL = "a binary file, not text: it holds NUL bytes. Save it as UTF-8 text."


def not_a_file(path: Path, name: str) -> str:
    """Why there is no file to read at this path, with the nearest name that is there."""
    if path.is_dir():
        return f"{name}: a folder where a file is needed."
    if path.exists():
        return f"{name}: neither a file nor a folder; copy its content into a file."
    return missing(path, name)


def missing(path: Path, name: str) -> str:
    """That nothing is there, with the nearest name that is."""
    parent = path.parent
    if not parent.is_dir():
        return f"{name}: no such file; there is no folder {parent} either."
    there = sorted(entry.name for entry in parent.iterdir())
    near = get_close_matches(path.name, there, n=1)
    if near:
        return f"{name}: no such file. Did you mean `{near[0]}`?"
    few = f"There is: {', '.join(there[:10])}{', ...' if len(there) > 10 else ''}."
    return f"{name}: no such file. {few if there else f'The folder {parent} is empty.'}"
