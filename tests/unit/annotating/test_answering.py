import pytest

from luthier.core.records import Row
from luthier.data.annotation.project import Project
from tests import annotated

VALUES = {
    "classes": {"label": "spam"},
    "label_sets": {"labels": ["sport"]},
    "spans": {"spans": [{"start": 2, "end": 12, "label": "PER"}]},
    "relations": {
        "spans": [
            {"start": 2, "end": 12, "label": "PER"},
            {"start": 21, "end": 30, "label": "ORG"},
        ],
        "relations": [{"head": 0, "tail": 1, "label": "founded"}],
    },
    "rating": {"score": 4},
    "preference": {"preferred": "tie"},
    "free_answer": {"text": "I am sorry."},
}


@pytest.fixture
def ask(project, client):
    project.join("Anna")
    page = client(project)

    def send(what, by="Anna", **content):
        response = page.post(f"api/{what}", json={"by": by, **content})
        assert response.status_code == 200, response.text
        return response.json()

    return send


@pytest.mark.parametrize("kind", VALUES)
def test_an_answer_of_every_kind_is_kept_before_the_next_item_is_told(kind, tmp_path, client):
    with annotated.project(tmp_path, kind) as project:
        project.join("Anna")
        page = client(project)
        item = page.post("api/next", json={"by": "Anna"}).json()["item"]
        told = {"by": "Anna", "item": item["id"], "value": VALUES[kind], "seconds": 1.5}
        turn = page.post("api/answer", json=told).json()
    assert turn["item"]["id"] != item["id"]
    assert turn["progress"] == {"mine": 1, "left": 5, "skipped": 0}
    with Project.open(tmp_path / "project") as project:
        (answer,) = project.answers()
    assert (answer.item, answer.by, answer.value) == (item["id"], "Anna", VALUES[kind])
    assert answer.seconds == 1.5


def test_undo_puts_the_item_before_the_person_again(ask):
    item = ask("next")["item"]
    ask("answer", item=item["id"], value={"label": "ham"})
    turn = ask("undo")
    assert turn["item"]["id"] == item["id"]
    assert turn["progress"]["mine"] == 0


def test_there_may_be_nothing_to_undo(ask):
    assert ask("undo")["item"] is None


def test_a_skipped_item_does_not_come_back(ask):
    item = ask("next")["item"]
    turn = ask("skip", item=item["id"])
    assert turn["item"]["id"] != item["id"]
    assert turn["progress"] == {"mine": 0, "left": 5, "skipped": 1}


def test_at_the_end_there_is_no_item(ask):
    item = ask("next")["item"]
    for _ in range(6):
        turn = ask("answer", item=item["id"], value={"label": "ham"})
        item = turn["item"]
    assert turn["item"] is None
    assert turn["progress"] == {"mine": 6, "left": 0, "skipped": 0}


def test_what_is_no_answer_is_refused_with_its_sentence(project, client):
    project.join("Anna")
    item = project.next("Anna")
    told = {"by": "Anna", "item": item.id, "value": {"label": "spma"}}
    response = client(project).post("api/answer", json=told)
    assert response.status_code == 400
    assert response.json()["error"].startswith("There is no label `spma`. Did you mean `spam`?")


@pytest.mark.parametrize(
    "content", [{}, {"by": ""}, {"by": "Anna", "more": 1}, {"by": "x" * 61}, {"by": 3}]
)
def test_a_malformed_request_is_refused_with_its_place(project, client, content):
    response = client(project).post("api/next", json=content)
    assert response.status_code == 400
    assert response.json()["error"].startswith("The request is malformed: ")


def test_who_did_not_join_is_not_asked(project, client):
    response = client(project).post("api/next", json={"by": "Mallory"})
    assert (response.status_code, "Mallory" in response.json()["error"]) == (400, True)


def test_a_text_with_half_a_surrogate_pair_can_be_shown(tmp_path, client):
    with annotated.project(tmp_path, rows=[Row({"text": "a\ud800b 😀"})]) as project:
        project.join("Anna")
        turn = client(project).post("api/next", json={"by": "Anna"}).json()
    assert turn["item"]["shown"]["text"] == "a\ud800b 😀"


def test_a_request_may_not_be_endless(project, client):
    response = client(project).post(
        "api/next", content=b" " * 5_000_000, headers={"content-type": "application/json"}
    )
    assert response.status_code == 413


def test_every_answer_is_told_to_whoever_ranks(project, client):
    project.join("Anna")
    heard = []
    page = client(project, on_answer=lambda: heard.append(len(project.answers())))
    item = project.next("Anna")
    page.post("api/answer", json={"by": "Anna", "item": item.id, "value": {"label": "ham"}})
    assert heard == [1]


@pytest.fixture
def disputed(tmp_path):
    with annotated.project(tmp_path, overlap=2) as project:
        for by, label in (("Anna", "spam"), ("Bill", "ham")):
            project.join(by)
            project.answer(by, project.next(by).id, {"label": label})
        yield project


def test_what_people_disagree_on_is_shown_with_their_answers(disputed, client):
    found = client(disputed).post("api/disputed", json={"by": "Anna"}).json()
    assert [(one["by"], one["value"]) for one in found["answers"]] == [
        ("Anna", {"label": "spam"}),
        ("Bill", {"label": "ham"}),
    ]
    assert found["left"] == 1


def test_a_decision_is_kept(disputed, client):
    page = client(disputed)
    item = page.post("api/disputed", json={"by": "Anna"}).json()["item"]
    told = {"by": "Anna", "item": item["id"], "value": {"label": "not sure"}}
    found = page.post("api/decide", json=told).json()
    assert (found["item"], found["left"]) == (None, 0)
    assert disputed.verdicts() == {item["id"]: {"label": "not sure"}}


def test_a_decision_can_wait(disputed, client):
    page = client(disputed)
    item = page.post("api/disputed", json={"by": "Anna"}).json()["item"]
    found = page.post("api/later", json={"by": "Anna", "item": item["id"]}).json()
    assert (found["item"], found["left"]) == (None, 1)
