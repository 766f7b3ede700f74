"""What every cleaner of the menu keeps to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.cleaner import Cleaner, RowCleaner, Tally

MENU = Menu("luthier.data.cleaners")
ALL = MENU.names()
LONG = " ".join(f"word{number}" for number in range(60))
CHINESE = "工欲善其事，必先利其器。居是邦也，事其大夫之贤者，友其士之仁者。"
MIXED: list[dict[str, Any]] = [
    {"text": "Plain text.", "label": "ham"},
    {"text": "Plain text.", "label": "ham"},
    {"text": "Plain text.", "label": "spam"},
    {"text": LONG, "label": "ham"},
    {"text": f"{LONG} more", "label": "ham"},
    {"text": "caf\udce9 \ud83d\0", "label": "ham"},
    {"text": "From: a\nSubject: Hi\n\n<p>One<p>Two", "label": "spam"},
    {"text": "<p>&nbsp;</p>", "label": "spam"},
    {"text": CHINESE, "label": "ham", "line": 7},
    {"messages": [{"role": "user", "content": CHINESE}, {"role": "assistant", "content": "Hi"}]},
    {"prompt": "<p>Ã©</p>", "completion": CHINESE},
    {"tokens": ["New", "York"], "tags": ["B", "I"]},
    {
        "context": CHINESE,
        "question": "谁？",
        "answers": {"text": ["工"], "answer_start": [0]},
    },
]


OTHER_TEXT = Path(__file__).parents[2] / "CONTRIBUTING.md"
OPTIONS: dict[str, dict[str, Any]] = {
    "drop_contaminated": {"against": {"file": {"path": str(OTHER_TEXT), "reader": "txt"}}},
    "drop_toxic": {"words": str(OTHER_TEXT)},
    "keep_language": {"languages": ["en", "zh"]},
}
"""Of cleaners that cannot be built without."""


def build(name: str) -> Cleaner:
    made: Cleaner = MENU.build({name: OPTIONS.get(name, {})})
    return made


def run(name: str, rows: list[Row], folder: Path) -> tuple[list[Row], Tally]:
    tally = Tally(name)
    folder.mkdir()
    return list(build(name).clean(rows, tally, folder)), tally


def collected() -> list[Row]:
    return [Row(fields) for fields in MIXED]


def test_the_cleaners_of_the_menu_are_tested_here() -> None:
    assert len(ALL) >= 13


@pytest.mark.parametrize("name", ALL)
def test_a_cleaner_says_in_a_sentence_what_it_does(name: str) -> None:
    assert MENU.summary(name).endswith(".")
    assert MENU.resolve({name: OPTIONS.get(name, {})}).options is not None


@pytest.mark.parametrize("name", ALL)
def test_no_row_vanishes_uncounted(name: str, tmp_path: Path) -> None:
    rows = collected()
    out, tally = run(name, rows, tmp_path / "a")
    assert tally.rows_in == len(rows)
    assert tally.rows_out == len(out)


@pytest.mark.parametrize("name", ALL)
def test_a_changed_row_remembers_the_one_it_was(name: str, tmp_path: Path) -> None:
    rows = collected()
    out, tally = run(name, rows, tmp_path / "a")
    known = {row.id for row in rows}
    changed = [row for row in out if row not in rows]
    assert all(row.derived_from and row.derived_from[0] in known for row in changed)
    assert tally.changed == len(changed)


@pytest.mark.parametrize("name", ALL)
def test_rows_come_out_in_the_order_they_went_in(name: str, tmp_path: Path) -> None:
    rows = collected()
    out, _ = run(name, rows, tmp_path / "a")
    order = {row.id: number for number, row in reversed(list(enumerate(rows)))}
    places = [order[row.derived_from[0] if row.derived_from else row.id] for row in out]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ALL)
def test_a_dropped_row_is_told_with_its_reason_and_the_row_it_repeats(
    name: str, tmp_path: Path
) -> None:
    dropped: list[tuple[Row, str, str | None]] = []
    tally = Tally(name, on_drop=lambda *told: dropped.append(told))
    rows = collected()
    out = list(build(name).clean(rows, tally, tmp_path))
    assert len(dropped) == len(rows) - len(out)
    assert all(reason for _, reason, _ in dropped)
    assert {because for _, _, because in dropped if because} <= {row.id for row in out}


@pytest.mark.parametrize("name", ALL)
def test_the_same_rows_are_cleaned_the_same_way_every_time(name: str, tmp_path: Path) -> None:
    (first, one), (second, two) = (run(name, collected(), tmp_path / part) for part in "ab")
    assert first == second
    assert (one.changed, one.dropped, one.notes) == (two.changed, two.dropped, two.notes)


@pytest.mark.parametrize("name", ALL)
def test_cleaning_twice_changes_nothing_more(name: str, tmp_path: Path) -> None:
    once, _ = run(name, collected(), tmp_path / "a")
    twice, tally = run(name, once, tmp_path / "b")
    assert twice == once
    assert (tally.changed, tally.dropped.total()) == (0, 0)


@pytest.mark.parametrize("name", ALL)
def test_no_rows_give_no_rows(name: str, tmp_path: Path) -> None:
    out, tally = run(name, [], tmp_path / "a")
    assert (out, tally.rows_in) == ([], 0)


@pytest.mark.parametrize("name", ALL)
def test_chinese_text_comes_through_as_it_is(name: str, tmp_path: Path) -> None:
    row = Row({"text": CHINESE, "label": "古文"})
    assert run(name, [row], tmp_path / "a")[0] == [row]


@pytest.mark.parametrize("name", ALL)
def test_a_cleaner_of_single_rows_takes_no_row_before_it_is_asked(name: str) -> None:
    cleaner = build(name)
    if not isinstance(cleaner, RowCleaner):
        return
    taken = 0

    def rows() -> Iterator[Row]:
        nonlocal taken
        while True:
            taken += 1
            yield Row({"text": f"row {taken}"})

    stream = cleaner.clean(rows(), Tally(name), Path("unused"))
    next(stream)
    assert taken == 1


@pytest.mark.parametrize("name", ALL)
def test_a_cleaner_of_single_rows_gives_unchanged_rows_back_themselves(name: str) -> None:
    cleaner, row = build(name), Row({"text": CHINESE, "label": "ham"})
    if isinstance(cleaner, RowCleaner):
        assert cleaner.repair(row, Tally(name)) is row
