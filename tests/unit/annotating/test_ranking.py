import threading
import time
from multiprocessing import Pipe

import pytest

from luthier.annotating.ranking import EVERY, Ranker, _work
from luthier.core.errors import UserError
from luthier.core.records import Row
from tests import annotated


@pytest.fixture
def many(tmp_path):
    rows = [Row({"text": f"word{n % 7} word{n % 3} {n}"}) for n in range(60)]
    with annotated.project(tmp_path, rows=rows) as project:
        project.join("Anna")
        yield project


def test_the_order_follows_the_answers_while_people_go_on(many, tiny_bert, monkeypatch):
    ranked = []
    monkeypatch.setattr(type(many), "rank", lambda self, scores: ranked.append(len(scores)))
    ranker = Ranker(many, "uncertainty", str(tiny_bert), print)
    ranker.start()
    for n in range(EVERY):
        many.answer("Anna", many.next("Anna").id, {"label": ["spam", "ham"][n % 2]})
        ranker.answered()
    _wait_for(lambda: ranked and ranked[-1] == 60 - EVERY)
    ranker.close()


def test_a_model_that_is_not_there_is_told_with_its_sentence(many, tmp_path):
    here, there = Pipe()
    _work(there, many.folder / "items", "diversity", str(tmp_path / "nowhere"), "classes", [])
    what, sentence = here.recv()
    assert (what, "nowhere is not a folder" in sentence) == ("said", True)


def test_the_page_goes_on_when_the_model_has_stopped(many, tmp_path):
    told = []
    ranker = Ranker(many, "diversity", str(tmp_path), told.append)
    ranker.start()
    ranker._process.kill()
    _wait_for(lambda: told)
    ranker.close()
    assert told == ["The model that ranks items has stopped. The order stays as it is."]
    assert many.next("Anna") is not None


def test_what_cannot_be_learnt_in_seconds_is_refused(tmp_path):
    with (
        annotated.project(tmp_path, "spans") as project,
        pytest.raises(UserError, match="Choose --order diversity"),
    ):
        Ranker(project, "uncertainty", "catalog:minilm", print)


def _wait_for(found, seconds=120):
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end
        threading.Event().wait(0.05)
