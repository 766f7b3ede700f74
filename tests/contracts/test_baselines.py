"""What every baseline on the menu must keep to, with every task that names it."""

import numpy as np
import pytest

from luthier.core.config import MENUS
from luthier.core.registry import Menu
from luthier.evaluation.baseline import Baseline, Question
from luthier.scoring.answers import Answers
from luthier.tasks.generation import Writing
from tests.questions import cases, question
from tests.tiny import save_tiny

MENU = Menu("luthier.evaluation.baselines")
CASES = cases()


@pytest.fixture(scope="module")
def tiny_gpt2(tmp_path_factory):
    return save_tiny(tmp_path_factory.mktemp("gpt2"), "gpt2")


@pytest.fixture(
    scope="module",
    params=CASES,
    ids=[f"{baseline}-{task}-{rows.__name__}" for baseline, task, rows in CASES],
)
def asked(request, tiny_bert, tiny_gpt2) -> tuple[str, Question]:
    baseline, task, rows = request.param
    if task == "code_generation":
        request.getfixturevalue("sandbox")
    writes = issubclass(MENUS["task"].get(task), Writing)
    return baseline, question(task, rows(), tiny_gpt2 if writes else tiny_bert)


@pytest.fixture(scope="module")
def found(asked) -> Answers:
    baseline, about = asked
    return MENU.build(baseline).answers(about)


def test_the_suite_found_the_whole_menu():
    assert MENU.names() == [
        *("base_model", "frequent_tag", "lead", "majority", "nearest"),
        *("sliding_window", "tfidf", "untuned"),
    ]


def test_the_suite_asks_every_baseline_that_a_task_names():
    assert {baseline for baseline, _, _ in CASES} == set(MENU.names())
    assert {task for _, task, _ in CASES} == set(MENUS["task"].names())
    assert len(CASES) >= 23


@pytest.mark.parametrize("name", MENU.names())
def test_it_is_documented_in_one_sentence(name):
    assert MENU.summary(name).endswith(".")


@pytest.mark.parametrize("name", MENU.names())
@pytest.mark.parametrize("attribute", ["title", "title_zh"])
def test_it_has_a_title_that_ends_a_phrase(name, attribute):
    title = getattr(MENU.get(name), attribute)
    assert title
    assert title[-1] not in ".。"


@pytest.mark.parametrize("name", MENU.names())
def test_it_needs_no_options(name):
    assert isinstance(MENU.build(name), Baseline)


def test_it_answers_the_same_questions_as_the_model(asked, found):
    assert type(found) is type(asked[1].ours)
    assert len(found) == len(asked[1].ours)
    assert found.has_references_of(asked[1].ours)


def test_each_answer_is_one_that_a_report_can_show(asked, found):
    for i in range(len(found)):
        assert set(found.record(i)) >= {"reference", "prediction", "score"}


def test_the_tasks_metrics_judge_it(asked, found):
    for metric in asked[1].task.metrics():
        assert isinstance(metric.value(found), float)


def test_probabilities_of_classes_sum_to_1(found):
    if found.kind == "classes":
        np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, rtol=1e-5)


def test_it_gives_the_same_answers_again(asked, found):
    again = MENU.build(asked[0]).answers(asked[1])
    assert [again.record(i) for i in range(len(again))] == [
        found.record(i) for i in range(len(found))
    ]
