"""Takes lines out of texts that say nothing of their own."""

from pathlib import Path
from typing import Any

from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.drop_boilerplate import DropBoilerplate

FOOTER = "You get this since you are on list 17."


def cleaned(rows: list[Row], folder: Path, **options: Any) -> tuple[list[Row], Tally]:
    tally = Tally("drop_boilerplate")
    return list(DropBoilerplate(**options).clean(rows, tally, folder)), tally


def texts(rows: list[Row]) -> list[str]:
    return [row["text"] for row in rows]


def test_a_line_of_many_rows_goes_whatever_its_numbers_are(tmp_path: Path) -> None:
    rows = [Row({"text": f"Text {chr(97 + n)}.\n{FOOTER}{n}"}) for n in range(12)]
    out, tally = cleaned(rows, tmp_path)
    assert texts(out) == [f"Text {chr(97 + n)}." for n in range(12)]
    assert tally.notes["lines: repeated in many rows"] == 12
    assert tally.notes[f"“{FOOTER}0”"] == 12


def test_a_line_of_fewer_rows_stays(tmp_path: Path) -> None:
    rows = [Row({"text": f"Text {chr(97 + n)}.\n{FOOTER}"}) for n in range(9)]
    assert cleaned(rows, tmp_path)[0] == rows


def test_the_share_of_rows_counts_too(tmp_path: Path) -> None:
    rows = [Row({"text": f"{'ab' * n}.\n{FOOTER if n < 12 else n}"}) for n in range(40)]
    assert cleaned(rows, tmp_path, min_share=0.5)[0] == rows


def test_a_line_twice_in_one_row_is_one_row(tmp_path: Path) -> None:
    row = Row({"text": "\n".join([FOOTER] * 20)})
    assert cleaned([row], tmp_path)[0] == [row]


def test_a_text_of_one_line_stays(tmp_path: Path) -> None:
    rows = [Row({"text": FOOTER, "number": n}) for n in range(12)]
    assert cleaned(rows, tmp_path)[0] == rows


def test_a_row_of_nothing_but_boilerplate_is_dropped_and_counted(tmp_path: Path) -> None:
    rows = [Row({"text": f"{FOOTER}\nAccept all cookies", "number": n}) for n in range(12)]
    out, tally = cleaned(rows, tmp_path)
    assert (out, tally.dropped) == ([], {"no text left": 12})


def test_short_lines_and_rules_of_dashes_stay(tmp_path: Path) -> None:
    rows = [Row({"text": f"Text {chr(97 + n)}.\nHi\n{'-' * 30}\n}}"}) for n in range(12)]
    assert cleaned(rows, tmp_path)[0] == rows


def test_known_lines_go_and_are_counted_by_kind(tmp_path: Path) -> None:
    row = Row({"text": "One.\n\nWe use cookies here.\n\nTwo.\n-- \nAnna"})
    out, tally = cleaned([row], tmp_path)
    assert texts(out) == ["One.\n\nTwo."]
    assert tally.notes == {"lines: cookies": 1, "lines: signatures": 2}


def test_hints_how_to_unsubscribe_stay_unless_asked(tmp_path: Path) -> None:
    row = Row({"text": "One.\nTo unsubscribe, click here."})
    (tmp_path / "a").mkdir()
    assert cleaned([row], tmp_path / "a")[0] == [row]
    (tmp_path / "b").mkdir()
    assert texts(cleaned([row], tmp_path / "b", rules=("subscriptions",))[0]) == ["One."]


def test_prompts_and_messages_stay_unless_asked(tmp_path: Path) -> None:
    rows = [Row({"prompt": f"{FOOTER}\n{chr(97 + n)}", "completion": "x"}) for n in range(12)]
    (tmp_path / "a").mkdir()
    assert cleaned(rows, tmp_path / "a")[0] == rows
    (tmp_path / "b").mkdir()
    out, _ = cleaned(rows, tmp_path / "b", fields=("prompt",))
    assert [row["prompt"] for row in out] == [chr(97 + n) for n in range(12)]


def test_lines_that_are_no_sentences_go_if_asked(tmp_path: Path) -> None:
    row = Row(
        {"text": "A title\nThis is a sentence.\nTwo words.\nPlease enable JavaScript now.\n好。"}
    )
    assert texts(cleaned([row], tmp_path, c4=True)[0]) == ["This is a sentence.\n好。"]


def test_answers_move_with_a_shorter_context(tmp_path: Path) -> None:
    context = "We use cookies here.\nIt was Klee.\nBye now."
    answers = {"text": ["Klee"], "answer_start": [context.index("Klee")]}
    (row,), _ = cleaned([Row({"context": context, "answers": answers})], tmp_path)
    assert row["context"] == "It was Klee.\nBye now."
    assert row["answers"] == {"text": ["Klee"], "answer_start": [7]}


def test_an_answer_keeps_its_line(tmp_path: Path) -> None:
    context = "It was Klee.\nWe use cookies here."
    answers = {"text": ["cookies"], "answer_start": [context.index("cookies")]}
    row = Row({"context": context, "answers": answers})
    assert cleaned([row], tmp_path)[0] == [row]


def test_undecoded_bytes_do_no_harm(tmp_path: Path) -> None:
    rows = [Row({"text": f"{chr(97 + n)}\nSome line with \udce9 in it"}) for n in range(12)]
    assert texts(cleaned(rows, tmp_path)[0])[0] == "a"
