"""Rows to train on come of a project, each derived from the row that was asked about."""

from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.annotation.project import Project
from luthier.data.annotation.result import Result
from luthier.data.prepare import prepare

KIND = {"classes": {"labels": ["ham", "spam"]}}
PLAIN = [Row({"text": f"mail {n} of {n * 37} words"}) for n in range(4)]
LABELLED = [Row({**row.fields, "label": "ham"}) for row in PLAIN]


def result(tmp_path: Path, rows: list[Row], said: dict[str, list[str]], **settings: Any) -> Result:
    """What comes of it if people say these labels of the first rows."""
    with Project.create(tmp_path / "p", rows, KIND, **settings) as project:
        project.add_answers(
            (by, row.id, {"label": label})
            for by, labels in said.items()
            for row, label in zip(rows, labels, strict=False)
        )
        return Result(project)


def test_an_answer_makes_a_row_derived_from_its_item(tmp_path: Path) -> None:
    (row,) = result(tmp_path, PLAIN, {"ann": ["spam"]}).rows()
    assert (row["label"], row.derived_from) == ("spam", (PLAIN[0].id,))


def test_a_label_that_is_confirmed_leaves_the_row_as_it_was(tmp_path: Path) -> None:
    rows = list(result(tmp_path, LABELLED, {"ann": ["ham", "spam"]}).rows())
    assert [row.id == before.id for row, before in zip(rows, LABELLED, strict=True)] == [
        *(True, False, True, True)
    ]


def test_rows_without_any_label_are_left_out_and_counted(tmp_path: Path) -> None:
    made = result(tmp_path, PLAIN, {"ann": ["spam"]})
    assert "1 answered item, 1 rows; left out: 3 not answered" in made.sentence()


def test_rows_that_nobody_touched_go_on_request(tmp_path: Path) -> None:
    assert len(list(result(tmp_path, LABELLED, {"ann": ["ham"]}, untouched="drop").rows())) == 1


def test_a_row_on_which_people_are_undecided_is_left_out(tmp_path: Path) -> None:
    made = result(tmp_path, LABELLED, {"ann": ["ham", "ham"], "bob": ["ham", "spam"]})
    assert len(list(made.rows())) == 3
    assert "1 undecided" in made.sentence()


def test_adjudication_wins_over_the_majority(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", PLAIN, KIND) as project:
        project.add_answers((by, PLAIN[0].id, {"label": "ham"}) for by in ("ann", "bob"))
        project.adjudicate("ann", PLAIN[0].id, {"label": "spam"})
        (row,) = Result(project).rows()
    assert row["label"] == "spam"


def test_nothing_comes_of_no_answers(tmp_path: Path) -> None:
    with (
        Project.create(tmp_path / "p", PLAIN, KIND) as project,
        pytest.raises(UserError, match="nobody answered"),
    ):
        Result(project)


def test_a_tie_makes_no_row_and_is_counted(tmp_path: Path) -> None:
    row = Row({"prompt": "Hi", "chosen": "Hello", "rejected": "Go away"})
    with Project.create(tmp_path / "p", [row], "preference") as project:
        project.add_answers([("ann", row.id, {"preferred": "tie"})])
        assert "1 nothing to learn from" in Result(project).sentence()


def test_a_project_is_a_source_like_any_other(tmp_path: Path) -> None:
    rows = [Row({"text": f"{n} word{n * 7} word{n * 3}"}) for n in range(40)]
    with Project.create(tmp_path / "p", rows, KIND) as project:
        labels = ("ham", "spam")
        project.add_answers(
            ("ann", row.id, {"label": labels[n % 2]}) for n, row in enumerate(rows[:30])
        )
    dataset = prepare([str(tmp_path / "p")], tmp_path / "data", check=False)
    assert len(dataset) == 30
    assert "30 answered items, 30 rows; left out: 10 not answered" in (
        dataset.manifest.made.recognised
    )
    kept = {row.derived_from for split in dataset.splits for row in dataset.rows(split)}
    assert kept == {(row.id,) for row in rows[:30]}
