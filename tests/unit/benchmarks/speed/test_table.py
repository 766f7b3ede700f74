import pytest

from benchmarks.speed.picture import picture
from benchmarks.speed.table import markdown, number
from benchmarks.speed.tally import Spread

ONE = {"median": 2.0, "low": 1.0, "high": 3.0}
FIGURES = {
    name: ONE
    for name in (
        "rows_per_second",
        "tokens_per_second",
        "train_seconds",
        "process_seconds",
        "peak_memory_bytes",
        "metric",
    )
} | {"supervised_tokens_per_second": None, "share_of_bf16_rate": None}


def contender(name: str, seconds: float) -> dict[str, object]:
    return {
        "name": name,
        "figures": {**FIGURES, "train_seconds": Spread(seconds, seconds, seconds).record()},
        "metric": {"name": "accuracy", "low": 0.5, "high": 0.75},
        "quality_holds": False,
        "speed": ONE,
        "memory": None,
        "seconds_to_target": None,
    }


ITEM = {
    "title": "Work <& more>",
    "rows": 1000,
    "test_rows": 500,
    "seeds": [7, 8],
    "threads": 2,
    "rates": {"bfloat16": 4e11},
    "machine": {"processor": "a processor"},
    "contenders": [contender("Luthier", 1.0), contender("Trainer", 4.0)],
    "goals": [{"goal": "speed at least 4", "against": "Trainer", "measured": ONE, "is_met": False}],
    "notes": ["B agrees."],
    "target": 0.5,
}


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0"), (0.01234, "0.0123"), (1.5, "1.50"), (42.0, "42.0"), (123456.7, "123,457")],
)
def test_numbers_have_three_digits(value: float, written: str) -> None:
    assert number(value) == written


def test_all_rows_of_a_table_are_equally_wide() -> None:
    rows = [line for line in markdown([ITEM]).splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert len({line.count("|") for line in rows}) == 1


def test_a_goal_that_was_missed_stands_out() -> None:
    told = markdown([ITEM])
    assert "- speed at least 4 against Trainer: 2.00 (1.00 to 3.00), **not met**." in told
    assert "**Luthier worse**" in told


def test_a_picture_escapes_what_it_is_told_and_draws_every_contender() -> None:
    drawn = picture([ITEM])
    assert "Work &lt;&amp; more&gt;" in drawn
    assert drawn.count("<rect") == 3
    assert ">4.00x<" in drawn
