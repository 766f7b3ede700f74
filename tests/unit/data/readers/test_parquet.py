import datetime
import gzip
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from luthier.core.errors import UserError
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers import parquet
from luthier.data.readers.parquet import Parquet
from luthier.data.source import Found

TABLE = pa.table({"text": ["a", "文", None], "label": [0, 1, 0], "tokens": [["a"], [], None]})


def write(folder: Path, table: pa.Table) -> Path:
    pq.write_table(table, folder / "a.parquet")
    return folder / "a.parquet"


def read(path: Path) -> list[Found]:
    return list(Parquet().rows(RawFile(path, "a.parquet")))


def test_what_is_written_is_read_back_with_row_numbers(tmp_path: Path) -> None:
    rows = read(write(tmp_path, TABLE))
    assert [row.fields for row in rows] == TABLE.to_pylist()
    assert rows[2].place == "a.parquet row 3"


def test_gz_is_read_as_the_plain_file(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE)
    packed = tmp_path / "a.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read(packed) == read(path)


def test_gz_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "MAX_UNPACKED", 10)
    packed = tmp_path / "a.parquet.gz"
    packed.write_bytes(gzip.compress(write(tmp_path, TABLE).read_bytes()))
    with pytest.raises(UserError, match="unpack it yourself"):
        read(packed)


def test_ids_of_named_classes_become_their_names(tmp_path: Path) -> None:
    classes = {"names": ["ham", "spam"], "_type": "ClassLabel"}
    features = json.dumps({"info": {"features": {"label": classes}}})
    rows = read(write(tmp_path, TABLE.replace_schema_metadata({"huggingface": features})))
    assert [row.fields["label"] for row in rows] == ["ham", "spam", "ham"]


def test_dates_decimals_and_bytes_become_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "day": [datetime.date(2024, 1, 2)],
            "price": [Decimal("1.50")],
            "raw": pa.array(["文".encode()], pa.binary()),
        }
    )
    assert read(write(tmp_path, table))[0].fields == {
        "day": "2024-01-02",
        "price": "1.50",
        "raw": "文",
    }


def test_text_that_is_not_utf8_keeps_its_bytes(tmp_path: Path) -> None:
    raw = pa.array(["你好".encode("gb18030"), b"a", None], pa.binary())
    text = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    rows = read(write(tmp_path, pa.table({"text": text, "label": [1, 2, 3]})))
    assert rows[0].fields["text"].encode("utf-8", "surrogateescape") == "你好".encode("gb18030")
    assert [row.fields["label"] for row in rows] == [1, 2, 3]


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UserError, match=r"a\.parquet: parquet that is cut short or damaged"):
        read(path)


def test_a_file_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, pa.table({"text": [f"row {i} {i * 7919}" for i in range(5000)]}))
    content = bytearray(path.read_bytes())
    content[1000:3000] = b"x" * 2000
    path.write_bytes(content)
    with pytest.raises(UserError, match="cut short or damaged"):
        read(path)


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("text,label\n")
    with pytest.raises(UserError, match="not parquet in spite of its name"):
        read(tmp_path / "a.parquet")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").touch()
    with pytest.raises(UserError, match=r"a\.parquet: is empty"):
        read(tmp_path / "a.parquet")


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(UserError, match="two columns are called `a`"):
        read(write(tmp_path, table))
