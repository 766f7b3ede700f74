import pytest

from luthier.core.registry import Menu
from luthier.evaluation.known_metrics import Scale, metric_named, metrics_by_name, scales_of
from luthier.scoring.answers import KINDS
from luthier.scoring.standard import (
    label_set_metrics,
    number_metrics,
    standard_metrics,
    tag_metrics,
)


@pytest.mark.parametrize(
    ("kind", "metrics"),
    [
        ("classes", [*standard_metrics(2), *standard_metrics(3)]),
        ("label_sets", label_set_metrics()),
        ("numbers", number_metrics()),
        ("tags", tag_metrics()),
    ],
    ids=["classes", "label sets", "numbers", "tags"],
)
def test_the_standard_metrics_are_found_by_their_names(kind, metrics):
    for metric in metrics:
        assert type(metric_named(metric.name(), kind)) is type(metric)


def test_every_metric_of_the_menu_is_found():
    found = {type(one) for kind in KINDS for one in metrics_by_name(kind).values()}
    menu = Menu("luthier.scoring.metrics")
    assert found == {menu.get(name) for name in menu.names()}
    assert len(found) > 20


@pytest.mark.parametrize("name", ["rouge1", "rouge2", "rougeL", "bleu", "pass_at_1", "pass_at_25"])
def test_a_metric_of_texts_is_found_whatever_its_options(name):
    assert metric_named(name, "texts").name() == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [("f2", "classes"), ("bleu", "classes"), ("f1", "texts"), ("pass_at_0", "texts"), ("", "tags")],
)
def test_what_there_is_not_is_not_found(name, kind):
    assert metric_named(name, kind) is None


def test_an_option_that_the_task_has_too_is_passed_on():
    import numpy as np

    from luthier.scoring.answers import ClassAnswers

    numbers = np.array([0, 1, 1, 1])
    answers = ClassAnswers(numbers, np.array([0, 1, 1, 0]), None, ["none", "born in"])
    task = {"negative": "none", "metric": None, "markers": None}
    assert metric_named("relation_f1", "classes", task).value(answers) == pytest.approx(0.8)
    assert metric_named("relation_f1", "classes").value(answers) == pytest.approx(0.75)


def test_an_option_of_the_task_that_means_something_else_is_left_out():
    assert metric_named("pass_at_1", "texts", {"k": [1, 10]}).name() == "pass_at_1"
    assert metric_named("pass_at_10", "texts", {"k": [1, 10]}).name() == "pass_at_10"


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("f1", Scale("share", True)),
        ("hamming_loss", Scale("share", False)),
        ("chrf", Scale("points", True)),
        ("ter", Scale("points", False)),
        ("perplexity", Scale("number", False)),
        ("pass_at_50", Scale("share", True)),
        ("of somebody else", Scale("share", True)),
    ],
)
def test_how_a_metric_is_read(name, scale):
    assert scales_of([name]) == {name: scale}
