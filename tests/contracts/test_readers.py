import gzip
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.core.registry import Menu
from luthier.data.parsing.raw_file import RawFile
from luthier.data.reader import Reader
from tests import documents

MENU = Menu("luthier.data.readers")
TEXTS = {
    "conll": "a\tO\n\nb\tO\n",
    "document": "<p>a</p>\n",
    "mbox": "From a 1:00\n\na\n\nFrom b 1:00\n\nb\n",
    "csv": "text,label\na,x\nb,y\n",
    "json": '[{"text": "a"}, {"text": "b"}]',
    "jsonl": '{"text": "a"}\n{"text": "b"}\n',
    "tsv": "text\tlabel\na\tx\nb\ty\n",
    "txt": "a\nb\n",
}
ALL = sorted({*TEXTS, "parquet", "xlsx"})


@pytest.fixture(params=ALL)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reader(name: str) -> Reader:
    made: Reader = MENU.build(name)
    return made


@pytest.fixture
def path(name: str, reader: Reader, tmp_path: Path) -> Path:
    path = tmp_path / f"rows.{reader.extensions[0]}"
    if name == "parquet":
        pq.write_table(pa.table({"text": ["a", "b"]}), path)
    elif name == "xlsx":
        path.write_bytes(documents.xlsx({"A": [["text"], ["a"], ["b"]]}))
    else:
        path.write_text(TEXTS[name], "utf-8")
    return path


def test_every_reader_is_tested_here() -> None:
    assert MENU.names() == ALL
    assert len(ALL) == 10


def test_two_rows_are_two_rows_each_with_its_own_place(reader: Reader, path: Path) -> None:
    rows = list(reader.rows(RawFile(path, "rows")))
    assert len(rows) == len({row.place for row in rows}) == (1 if reader.is_one_row else 2)
    assert all(row.place.startswith("rows") for row in rows)


def test_rows_are_the_same_every_time(reader: Reader, path: Path) -> None:
    assert list(reader.rows(RawFile(path))) == list(reader.rows(RawFile(path)))


def test_gz_is_read_as_the_plain_file(reader: Reader, path: Path) -> None:
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert list(reader.rows(RawFile(packed, "a"))) == list(reader.rows(RawFile(path, "a")))


def test_gz_that_is_cut_short_is_refused(reader: Reader, path: Path) -> None:
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes())[:-9])
    with pytest.raises(UserError, match="cut short"):
        list(reader.rows(RawFile(packed)))


def test_a_missing_file_is_refused(reader: Reader, path: Path) -> None:
    with pytest.raises(UserError, match=r"no such file\. Did you mean `rows\."):
        list(reader.rows(RawFile(path.with_name(f"rwos{path.suffix}"))))


def test_binary_content_is_refused(reader: Reader, path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    with pytest.raises(UserError, match=path.name):
        list(reader.rows(RawFile(path)))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(content=st.binary(max_size=60), start=st.booleans(), pack=st.booleans())
def test_any_bytes_are_rows_or_the_users_mistake(
    reader: Reader, path: Path, content: bytes, start: bool, pack: bool
) -> None:
    content = (path.read_bytes()[:40] if start else b"") + content
    file = path.with_name(f"any{path.suffix}.gz") if pack else path.with_name(f"any{path.suffix}")
    file.write_bytes(gzip.compress(content) if pack else content)
    with suppress(UserError):
        assert all(isinstance(row.fields, dict) for row in reader.rows(RawFile(file)))


def test_reading_may_stop_after_the_first_row(reader: Reader, path: Path) -> None:
    rows = iter(reader.rows(RawFile(path)))
    assert next(rows).fields
    del rows


def test_a_reader_has_one_sentence_of_documentation(name: str) -> None:
    assert MENU.summary(name).endswith(".")
