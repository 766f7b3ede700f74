import datetime
from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.xlsx import Xlsx
from luthier.data.source import Found
from tests import documents

ROWS = [["text", "label", "seen"], ["good", 1, None], [], ["bad", 0, datetime.date(2026, 1, 5)]]


def written(path: Path, sheets: dict[str, list[list[object]]]) -> RawFile:
    path.write_bytes(documents.xlsx(sheets))
    return RawFile(path, path.name)


def test_a_table_gives_its_rows(tmp_path: Path) -> None:
    file = written(tmp_path / "a.xlsx", {"Mails": ROWS})
    reader = Xlsx()
    assert list(reader.rows(file)) == [
        Found({"text": "good", "label": 1, "seen": None}, "a.xlsx sheet Mails row 2"),
        Found(
            {"text": "bad", "label": 0, "seen": "2026-01-05 00:00:00"}, "a.xlsx sheet Mails row 4"
        ),
    ]
    assert reader.remark(file) == ""


def test_sheets_with_the_same_columns_are_one_table_and_others_are_told(tmp_path: Path) -> None:
    sheets = {"A": ROWS, "Notes": [["about"], ["x"]], "B": ROWS}
    file = written(tmp_path / "a.xlsx", sheets)
    reader = Xlsx()
    assert [row.place.split()[2] for row in reader.rows(file)] == ["A", "A", "B", "B"]
    assert reader.remark(file) == "Left out of a.xlsx, for their columns are others: sheets Notes."


def test_a_first_row_that_looks_like_data_is_data(tmp_path: Path) -> None:
    file = written(tmp_path / "a.xlsx", {"A": [["Hello.", 1], ["Bye.", 0]]})
    assert [row.fields for row in Xlsx().rows(file)] == [
        {"1": "Hello.", "2": 1},
        {"1": "Bye.", "2": 0},
    ]
    assert "looks like data" in Xlsx().remark(file)


def test_what_is_no_table_is_refused_with_the_way_to_read_it_as_text(tmp_path: Path) -> None:
    file = written(tmp_path / "a.xlsx", {"A": [["Report", None, "2026"], ["x", "y", "z"]]})
    with pytest.raises(UserError, match=r"no name for column 2.*reader: document"):
        list(Xlsx(header=True).rows(file))


def test_longer_rows_are_told_at_once(tmp_path: Path) -> None:
    file = written(tmp_path / "a.xlsx", {"A": [["text"], ["a", "b"], ["c"], ["d", "e"]]})
    with pytest.raises(UserError, match=r"the 1 columns in .* row 2, .* row 4: name every"):
        list(Xlsx(header=True).rows(file))


def test_a_workbook_of_many_rows_is_read_as_a_stream(tmp_path: Path) -> None:
    file = written(tmp_path / "a.xlsx", {"A": [["text"], *([f"t{n}"] for n in range(3000))]})
    assert [row.fields["text"] for row in Xlsx().rows(file)] == [f"t{n}" for n in range(3000)]
