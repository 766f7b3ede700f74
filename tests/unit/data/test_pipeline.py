"""Cleaners run in order, and no row vanishes uncounted."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import Cleaner, Tally
from luthier.data.cleaners.drop_duplicates import DropDuplicates
from luthier.data.pipeline import Pipeline, step_report

BAD = Row({"text": "caf\u00c3\u00a9"})
GOOD = Row({"text": "plain"})


class Loses(Cleaner):
    """Lets a row vanish without a word."""

    def clean(self, rows: Iterable[Row], tally: Tally, scratch: Path) -> Iterator[Row]:
        for row in list(rows)[1:]:
            tally.rows_in += 1
            yield row


def test_rows_pass_through_the_cleaners_in_order(tmp_path: Path) -> None:
    pipeline = Pipeline(["fix_encoding", "drop_duplicates"])
    rows = list(pipeline.clean([BAD, Row({"text": "caf\u00e9"}), GOOD], tmp_path))
    assert [row["text"] for row in rows] == ["caf\u00e9", "plain"]
    assert [tally.name for tally in pipeline.tallies] == ["fix_encoding", "drop_duplicates"]


def test_without_cleaners_rows_pass_as_they_are(tmp_path: Path) -> None:
    pipeline = Pipeline([])
    assert list(pipeline.clean([BAD, GOOD], tmp_path)) == [BAD, GOOD]
    assert pipeline.rows_in == 2


def test_a_row_of_one_origin_is_no_duplicate_of_a_row_of_another(tmp_path: Path) -> None:
    pipeline = Pipeline(["drop_duplicates"])
    for _ in range(2):
        assert list(pipeline.clean([GOOD, GOOD], tmp_path)) == [GOOD]
    assert pipeline.tallies[0].dropped == {"duplicate": 2}


def test_a_dropped_row_is_told_with_its_step(tmp_path: Path) -> None:
    told: list[tuple[Row, str, str, str | None]] = []
    pipeline = Pipeline(["drop_duplicates"], lambda *drop: told.append(drop))
    list(pipeline.clean([GOOD, GOOD], tmp_path))
    assert told == [(GOOD, "drop_duplicates", "duplicate", GOOD.id)]


def test_what_a_step_masks_no_step_shows(tmp_path: Path) -> None:
    pipeline = Pipeline(["fix_encoding", "drop_duplicates", "mask_personal_data"])
    rows = [Row({"text": f"caf\u00c3\u00a9 {name}@b.com"}) for name in "aac"]
    assert len(list(pipeline.clean(rows, tmp_path))) == 2
    shown = [example for tally in pipeline.tallies for example in step_report(tally)["examples"]]
    assert len(shown) == 6
    assert "@" not in str(shown)


def test_a_row_that_vanishes_uncounted_is_our_own_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DropDuplicates, "clean", Loses.clean)
    pipeline = Pipeline(["drop_duplicates"])
    rows = list(pipeline.clean([BAD, GOOD], tmp_path))
    with pytest.raises(AssertionError, match="not given every row"):
        pipeline.check(len(rows))


def test_an_unknown_cleaner_is_told_before_any_row_is_read() -> None:
    with pytest.raises(UserError, match="Did you mean `drop_duplicates`"):
        Pipeline(["drop_duplicate"])


def test_a_step_tells_its_counts_and_examples(tmp_path: Path) -> None:
    pipeline = Pipeline(["fix_encoding"])
    list(pipeline.clean([BAD, GOOD], tmp_path))
    told = step_report(pipeline.tallies[0])
    assert (told["rows_in"], told["rows_out"], told["changed"]) == (2, 2, 1)
    assert told["examples"] == [{"before": "caf\u00c3\u00a9", "after": "caf\u00e9"}]


def example(before: Row, after: Row | None) -> dict[str, str | None]:
    tally = Tally("step")
    tally.drop(before, "reason") if after is None else tally.change(before, after)
    shown: dict[str, str | None] = step_report(tally)["examples"][0]
    return shown


def test_a_long_example_is_shown_where_it_changes() -> None:
    before = Row({"text": "a" * 5000 + "wrong" + "b" * 5000})
    after = Row({"text": "a" * 5000 + "right" + "b" * 5000})
    shown = example(before, after)
    assert shown["before"] is not None
    assert "aawrongbb" in shown["before"]
    assert shown["before"][0] == shown["before"][-1] == "…"
    assert len(shown["before"]) < 400


def test_an_example_that_changes_another_field_shows_all_fields() -> None:
    shown = example(Row({"text": "x", "label": "Spam"}), Row({"text": "x", "label": "spam"}))
    assert shown["after"] == "{'text': 'x', 'label': 'spam'}"


def test_an_example_of_bytes_that_are_not_utf8_can_be_written() -> None:
    assert example(Row({"text": "caf\udce9"}), None) == {"before": "caf\ufffd", "after": None}
