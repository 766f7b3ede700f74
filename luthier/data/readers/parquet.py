"""Parquet, batch by batch; dates and decimals become text, ids of named classes their names."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import IO, final

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from luthier.core.errors import UserError
from luthier.core.files import complain_if_unwritable
from luthier.data.parsing.arrow_rows import objects
from luthier.data.parsing.class_names import class_names, named
from luthier.data.parsing.raw_file import RawFile
from luthier.data.reader import Reader
from luthier.data.source import Found

BATCH_ROWS = 1024
BUFFER_BYTES = 2**20
MAX_UNPACKED = 2**33
_TOO_LARGE = f"unpacks to more than {MAX_UNPACKED // 2**30} GiB; unpack it yourself."


@final
class Parquet(Reader):
    """Reads the columns as they are; text that is no UTF-8 keeps its bytes as lone surrogates.

    A `.parquet.gz` is unpacked to a temporary file first, for parquet is read from its end.
    """

    extensions = ("parquet", "pq")

    def rows(self, file: RawFile) -> Iterator[Found]:
        """Read all rows; the 17th has the place `mails.parquet row 17`.

        Raises:
            UserError: it is cut short, damaged or no parquet, or two columns have one name.
        """
        with _opened(file) as table, _failures_told(file):
            names = table.schema_arrow.names
            twice = [name for name, count in Counter(names).items() if count > 1]
            if twice:
                raise UserError(f"{file.name}: two columns are called `{twice[0]}`. Rename one.")
            classes = class_names(table.schema_arrow.metadata or {})
            number = 0
            for batch in table.iter_batches(BATCH_ROWS):
                for fields in objects(batch):
                    number += 1
                    for column in classes:
                        fields[column] = named(fields[column], classes[column])
                    yield Found(fields, f"{file.name} row {number}")


@contextmanager
def _opened(file: RawFile) -> Iterator[ParquetFile]:
    with _seekable(file) as content, _failures_told(file):
        if content.seek(0, 2) == 0:
            raise UserError(f"{file.name}: is empty.")
        content.seek(0)
        if content.read(4) != b"PAR1":
            raise UserError(f"{file.name}: not parquet in spite of its name; rename it.")
        with ParquetFile(content, pre_buffer=False, buffer_size=BUFFER_BYTES) as table:
            yield table


@contextmanager
def _seekable(file: RawFile) -> Iterator[IO[bytes]]:
    with file.binary() as content:
        if not file.is_gz:
            yield content
            return
        with TemporaryFile() as unpacked:
            with complain_if_unwritable(Path(gettempdir())):
                for piece in iter(partial(content.read, BUFFER_BYTES), b""):
                    unpacked.write(piece)
                    if unpacked.tell() > MAX_UNPACKED:
                        raise UserError(f"{file.name}: {_TOO_LARGE}")
            yield unpacked


@contextmanager
def _failures_told(file: RawFile) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(
            f"{file.name}: parquet that is cut short or damaged ({reason}); fetch it again."
        ) from None
