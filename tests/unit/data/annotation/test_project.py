"""A project asks, remembers, and comes back as it was left."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.annotation.project import Project
from luthier.data.annotation.project_folder import folder_beside
from luthier.data.prepare import prepare

KIND = {"classes": {"labels": ["ham", "spam"]}}
HAM, SPAM = {"label": "ham"}, {"label": "spam"}
ROWS = [Row({"text": f"mail {n}", "label": "ham"}) for n in range(6)]
ANSWERING = """
import sys
from luthier.data.annotation.project import Project
with Project.open(sys.argv[1]) as project:
    project.join("ann")
    while (item := project.next("ann")) is not None:
        project.answer("ann", item.id, {"label": "spam"})
        sys.stdout.write(item.id + "\\n")
        sys.stdout.flush()
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p", ROWS, KIND, order="given") as made:
        made.join("ann")
        made.join("bob")
        yield made


def again(project: Project) -> Project:
    project.close()
    return Project.open(project.folder)


def ask(project: Project, by: str) -> str:
    item = project.next(by)
    assert item is not None
    return item.id


def test_people_do_not_see_the_label_that_is_there(project: Project) -> None:
    item = project.next("ann")
    assert item is not None
    assert (item.shown, item.suggestion) == ({"text": "mail 0"}, None)


def test_the_label_that_is_there_is_suggested_on_request(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", ROWS, KIND, blind=False) as project:
        project.join("ann")
        item = project.next("ann")
        assert item is not None
        assert (item.suggestion, item.answer) == (HAM, None)


def test_an_answered_item_is_followed_by_another(project: Project) -> None:
    first = ask(project, "ann")
    project.answer("ann", first, SPAM)
    assert ask(project, "ann") != first


def test_answers_are_there_again_after_opening(project: Project) -> None:
    project.answer("ann", ask(project, "ann"), SPAM, seconds=1.25, note="sure")
    project.skip("ann", ask(project, "ann"))
    before = project.history("ann")
    with again(project) as opened:
        assert opened.history("ann") == before
        assert opened.progress("ann").mine == 1
        assert opened.progress("ann").skipped == 1


def test_undo_puts_the_item_back_before_its_person(project: Project) -> None:
    first = ask(project, "ann")
    project.answer("ann", first, SPAM)
    ask(project, "ann")
    item = project.undo("ann")
    assert item is not None
    assert (item.id, item.answer) == (first, None)
    assert ask(project, "ann") == first


def test_undo_of_a_second_thought_brings_the_first_back(project: Project) -> None:
    first = ask(project, "ann")
    project.answer("ann", first, SPAM)
    project.answer("ann", first, HAM)
    project.undo("ann")
    assert project.item(first, "ann").answer == SPAM
    with again(project) as opened:
        assert opened.item(first, "ann").answer == SPAM


def test_undo_goes_back_to_the_first_answer_and_no_further(project: Project) -> None:
    for _ in range(3):
        project.answer("ann", ask(project, "ann"), SPAM)
    while project.undo("ann") is not None:
        pass
    assert project.progress("ann").mine == 0


def test_undo_takes_back_nothing_of_others(project: Project) -> None:
    project.answer("bob", ask(project, "bob"), SPAM)
    assert project.undo("ann") is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"label": "spma"}, "Did you mean `spam`"),
        ({"label": 3}, "instead of text"),
        ({"labels": ["ham"]}, "an object of"),
        ("spam", "an object of"),
        (None, "an object of"),
    ],
)
def test_a_wrong_answer_is_told_and_not_kept(project: Project, value: Any, words: str) -> None:
    with pytest.raises(UserError, match=words):
        project.answer("ann", ask(project, "ann"), value)
    assert project.progress().answers == 0


def test_an_unknown_item_is_told(project: Project) -> None:
    with pytest.raises(UserError, match="no item"):
        project.answer("ann", "0" * 32, SPAM)


def test_who_did_not_join_is_not_asked(project: Project) -> None:
    with pytest.raises(UserError, match="Nobody called 'cyd'"):
        project.next("cyd")


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 61, "\ud800"])
def test_a_name_that_cannot_be_shown_is_refused(project: Project, name: str) -> None:
    with pytest.raises(UserError, match="Choose a name"):
        project.join(name)


def test_nobody_joins_a_closed_project(tmp_path: Path) -> None:
    with (
        Project.create(tmp_path / "p", ROWS, KIND, annotators=["李"], closed=True) as project,
        pytest.raises(UserError, match="closed"),
    ):
        project.join("ann")


def test_a_second_process_is_kept_out_until_the_first_closes(project: Project) -> None:
    with pytest.raises(UserError, match="open in another process"):
        Project.open(project.folder)
    with again(project) as opened:
        assert opened.progress().items == 6


def test_it_can_be_looked_at_while_it_is_open(project: Project) -> None:
    project.answer("ann", ask(project, "ann"), SPAM)
    with Project.open(project.folder, read_only=True) as seen:
        assert seen.progress().answers == 1


def test_rows_that_repeat_others_are_asked_about_once(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", [*ROWS, ROWS[0]], KIND) as project:
        assert project.progress().items == 6


def test_a_dataset_keeps_its_splits(tmp_path: Path) -> None:
    source = tmp_path / "mails.jsonl"
    rows = ({"text": f"{n} word{n * 7} word{n * 3}", "label": "ab"[n % 2]} for n in range(40))
    source.write_text("\n".join(json.dumps(row) for row in rows))
    dataset = prepare([str(source)], tmp_path / "data", check=False)
    kind = {"classes": {"labels": ["a", "b"]}}
    with Project.create(tmp_path / "p", [str(tmp_path / "data")], kind) as project:
        assert {split for split, _ in project.rows()} == set(dataset.splits)
    with Project.create(tmp_path / "q", [str(tmp_path / "data")], kind, splits=["test"]) as part:
        assert part.progress().items == dataset.num_rows("test")


def test_a_kind_that_cannot_be_asked_is_told_with_the_rows(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no `chosen`.* in row 1, row 2"):
        Project.create(tmp_path / "p", ROWS[:2], "preference")
    assert not (tmp_path / "p").exists()


def test_no_rows_are_no_project(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no rows"):
        Project.create(tmp_path / "p", [], KIND)


def test_a_taken_folder_is_left_alone(project: Project) -> None:
    with pytest.raises(UserError, match="is taken"):
        Project.create(project.folder, ROWS, KIND)


def test_an_unknown_setting_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Did you mean `overlap`"):
        Project.create(tmp_path / "p", ROWS, KIND, overlab=2)


def test_a_ranking_is_followed_and_the_rest_comes_after(project: Project) -> None:
    project.rank({ROWS[4].id: 0.9, ROWS[2].id: 0.95})
    order = []
    for _ in range(4):
        order.append(ask(project, "ann"))
        project.answer("ann", order[-1], SPAM)
    assert order == [ROWS[n].id for n in (2, 4, 0, 1)]


def test_only_some_items_are_asked_in_the_order_given_and_blind(project: Project) -> None:
    project.suggest({ROWS[5].id: SPAM})
    project.restrict([ROWS[5].id, ROWS[1].id])
    with again(project) as opened:
        assert opened.progress().items == 2
        item = opened.next("ann")
        assert item is not None
        assert (item.id, item.suggestion) == (ROWS[5].id, None)


def test_a_suggestion_is_no_answer(project: Project) -> None:
    project.suggest({ROWS[0].id: SPAM})
    item = project.next("ann")
    assert item is not None
    assert (item.suggestion, item.answer) == (SPAM, None)
    assert project.progress().answers == 0


def test_every_answer_names_the_guidelines_it_was_given_under(project: Project) -> None:
    assert project.revise_guidelines("Spam is *bad*.") == 1
    project.answer("ann", ask(project, "ann"), SPAM)
    assert project.revise_guidelines("Spam is *worse*.") == 2
    project.answer("ann", ask(project, "ann"), SPAM)
    with again(project) as opened:
        assert [answer.guidelines for answer in opened.history("ann")] == [2, 1]
        assert opened.guidelines == "Spam is *worse*."


def test_gold_tells_how_well_a_person_does(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", ROWS, KIND, gold_every=2) as project:
        project.join("ann")
        project.set_gold({ROWS[0].id: HAM, ROWS[1].id: HAM})
        asked = []
        for _ in range(4):
            asked.append(ask(project, "ann"))
            project.answer("ann", asked[-1], SPAM if asked[-1] == ROWS[0].id else HAM)
        assert [asked[1], asked[3]] == [ROWS[0].id, ROWS[1].id]
        assert project.progress("ann").gold == 0.5
        with again(project) as opened:
            assert opened.progress("ann").gold == 0.5


def test_what_people_disagree_on_is_decided_by_one(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", ROWS, KIND, overlap=2, order="given") as project:
        for by, labels in {"ann": (HAM, HAM), "bob": (HAM, SPAM)}.items():
            project.join(by)
            for row, label in zip(ROWS, labels, strict=False):
                project.answer(by, row.id, label)
        disputed = project.next_disputed("ann")
        assert disputed is not None
        assert disputed.item.id == ROWS[1].id
        assert [answer.value for answer in disputed.answers] == [HAM, SPAM]
        assert project.next_disputed("bob") is None, "it is in ann's hands"
        project.adjudicate("ann", ROWS[1].id, SPAM)
        assert project.next_disputed("ann") is None
        with again(project) as opened:
            assert opened.verdicts() == {ROWS[1].id: SPAM}
            assert opened.progress().disputed == 0


def test_the_worst_dispute_comes_first(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", ROWS, "rating", overlap=2) as project:
        for by, scores in {"ann": (1, 1, 1), "bob": (2, 5, 3)}.items():
            project.join(by)
            for row, score in zip(ROWS, scores, strict=False):
                project.answer(by, row.id, {"score": score})
        found = []
        while (disputed := project.next_disputed("ann")) is not None:
            found.append(disputed.item.id)
            project.postpone("ann", disputed.item.id)
        assert found == [ROWS[n].id for n in (1, 2, 0)]


def test_answers_from_elsewhere_are_taken_once(project: Project) -> None:
    given = [("eve", ROWS[0].id, HAM), ("eve", ROWS[1].id, SPAM)]
    assert project.add_answers(given) == 2
    assert project.add_answers(given) == 0
    assert "eve" in project.settings.annotators


def test_one_wrong_answer_from_elsewhere_keeps_all_out(project: Project) -> None:
    with pytest.raises(UserError, match="no label"):
        project.add_answers([("eve", ROWS[0].id, HAM), ("eve", ROWS[1].id, {"label": "x"})])
    assert project.progress().answers == 0


def test_threads_answer_every_item_exactly_as_often_as_wanted(tmp_path: Path) -> None:
    rows = [Row({"text": f"mail {n}"}) for n in range(40)]
    with Project.create(tmp_path / "p", rows, KIND, overlap=2) as project:

        def work(by: str) -> None:
            project.join(by)
            while (item := project.next(by)) is not None:
                project.answer(by, item.id, SPAM)

        people = [threading.Thread(target=work, args=(f"p{n}",)) for n in range(4)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        assert project.progress().answers == 80
        assert project.progress().done == 40


def test_a_killed_project_opens_again_with_every_acknowledged_answer(tmp_path: Path) -> None:
    rows = [Row({"text": f"mail {n}"}) for n in range(5000)]
    Project.create(tmp_path / "p", rows, KIND).close()
    with subprocess.Popen(
        [sys.executable, "-c", ANSWERING, str(tmp_path / "p")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        told += [line.strip() for line in process.stdout if line.endswith("\n")]
    with Project.open(tmp_path / "p") as project:
        assert {answer.item for answer in project.answers()} >= set(told)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("{", "damaged"),
        ('{"format": 2}', "format 2"),
        ('{"format": 1, "title": "x"}', "is required"),
    ],
)
def test_a_damaged_project_is_told(project: Project, damage: str, words: str) -> None:
    project.close()
    (project.folder / "project.json").write_text(damage)
    with pytest.raises(UserError, match=words):
        Project.open(project.folder)


def test_changed_items_are_told(project: Project) -> None:
    project.close()
    (project.folder / "items" / "train" / "part-00000.parquet").write_bytes(b"x")
    with pytest.raises(UserError, match="cut or changed"):
        Project.open(project.folder)


def test_a_project_goes_beside_its_source() -> None:
    assert folder_beside("data/spam/") == Path("data/spam-annotations")
    assert folder_beside("data/mails.csv") == Path("data/mails-annotations")
    assert folder_beside("catalog:spam-mail") == Path("spam-mail-annotations")
