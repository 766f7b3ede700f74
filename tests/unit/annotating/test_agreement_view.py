import pytest

from luthier.annotating.agreement_view import agreement_view
from tests import annotated


@pytest.fixture
def shared(tmp_path):
    """Three people on the same items: they agree on the first, and not on the second."""
    with annotated.project(tmp_path, overlap=3) as project:
        for by, labels in (
            ("Anna", ("spam", "ham")),
            ("Bill", ("spam", "spam")),
            ("王小明", ("spam", "ham")),
        ):
            project.join(by)
            for label in labels:
                project.answer(by, project.next(by).id, {"label": label}, seconds=3.0)
        yield project


def test_people_are_listed_with_their_pace(shared):
    people = agreement_view(shared).people
    assert [(one.name, one.answers, one.seconds) for one in people] == [
        ("Anna", 2, 3.0),
        ("Bill", 2, 3.0),
        ("王小明", 2, 3.0),
    ]


def test_labels_that_are_mixed_up_are_counted_by_pairs_of_people(shared):
    assert [(one.first, one.second, one.count) for one in agreement_view(shared).mixed] == [
        ("spam", "ham", 2)
    ]


def test_a_coefficient_that_says_nothing_is_left_out(project):
    view = agreement_view(project)
    assert view.estimates == {}
    assert view.mixed == []


def test_the_axis_holds_an_agreement_worse_than_chance(shared):
    view = agreement_view(shared)
    assert view.axis.low <= min(0.0, *(one.low for one in view.estimates.values()))


@pytest.mark.parametrize("kind", annotated.KINDS)
def test_the_page_of_every_kind_can_be_drawn(kind, tmp_path, client):
    with annotated.project(tmp_path, kind, overlap=2) as project:
        for by in ("Anna", "Bill"):
            project.join(by)
        page = client(project, annotator="Anna")
        assert page.get("agreement").status_code == 200


def test_the_page_shows_tables_and_exports(shared, client):
    html = client(shared, annotator="Anna", language="en").get("agreement").text
    for text in ("Krippendorff's alpha", "Cohen's kappa", "Labels that are mixed up"):
        assert text in html
    assert 'value="label_studio"' in html
