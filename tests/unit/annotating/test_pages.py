import json
from html.parser import HTMLParser

import pytest

from tests import annotated
from tests.annotated import HOSTILE


def test_whoever_comes_first_says_who_they_are(project, client):
    page = client(project)
    for path in ("", "disputed", "agreement"):
        assert 'action="enter"' in page.get(path).text


def test_a_name_is_remembered_below_the_token_alone(project, client):
    page = client(project)
    response = page.post("enter", data={"name": " 王小明 "}, follow_redirects=False)
    cookie = response.headers["set-cookie"]
    assert response.status_code == 303
    assert "Path=/the-token/" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert project.settings.annotators == ["王小明"]
    assert "王小明" in page.get("").text


@pytest.mark.parametrize("name", [" ", "x" * 61, "a\x07b"])
def test_a_name_that_cannot_be_is_refused_on_the_page(project, client, name):
    response = client(project).post("enter", data={"name": name})
    assert response.status_code == 400
    assert "Choose a name of 1 to 60 printable characters" in response.text


def test_a_closed_project_offers_the_names_it_knows(tmp_path, client):
    with annotated.project(tmp_path, annotators=["Anna"], closed=True) as project:
        html = client(project).get("").text
    assert 'value="Anna"' in html
    assert 'id="name"' not in html


def test_a_person_may_give_the_page_to_another(project, client):
    page = client(project)
    page.post("enter", data={"name": "Anna"})
    page.post("leave")
    assert 'action="enter"' in page.get("").text


@pytest.mark.parametrize(
    ("option", "asked", "tag"),
    [
        (None, "en-GB", "en"),
        (None, "zh-CN,en", "zh-Hans"),
        ("en", "zh-CN", "en"),
        ("zh", "", "zh-Hans"),
    ],
)
def test_the_language_is_the_commands_else_the_browsers(project, client, option, asked, tag):
    response = client(project, language=option).get("", headers={"accept-language": asked})
    assert f'<html lang="{tag}">' in response.text


def test_a_person_may_choose_the_language(project, client):
    page = client(project, language="en")
    assert page.post("language", data={"language": "zh"}).text.count("请问您是谁") > 0
    assert page.post("language", data={"language": "xx"}).status_code == 400


@pytest.mark.parametrize("here", ["//evil.example", "https://evil.example", "api/next"])
def test_no_form_leads_away(project, client, here):
    told = {"language": "en", "page": here}
    response = client(project).post("language", data=told, follow_redirects=False)
    assert response.headers["location"] == "./"


def test_guidelines_stand_beside_the_item(project, client):
    project.join("Anna")
    html = client(project, annotator="Anna").get("").text
    assert "<h3>What counts as spam</h3>" in html


def test_whatever_comes_from_people_or_data_is_escaped(tmp_path, client):
    with annotated.project(tmp_path, title=HOSTILE, annotators=[HOSTILE[:60]]) as project:
        page = client(project, annotator=HOSTILE[:60])
        for path in ("", "disputed", "agreement"):
            tags = _tags(page.get(path).text)
            assert tags.count("script") == (path != "agreement")
            assert "img" not in tags
        assert "script" not in _tags(client(project).get("").text)


def test_the_question_goes_to_the_script_as_data(project, client):
    project.join("Anna")
    html = client(project, annotator="Anna").get("").text
    assert json.loads(_attribute(html, "data-asked")) == {
        "by": "Anna",
        "kind": "classes",
        "options": {"labels": ["spam", "ham", "not sure"]},
        "labels": ["spam", "ham", "not sure"],
    }
    assert json.loads(_attribute(html, "data-words"))["none"] == "none of them"


@pytest.mark.parametrize("format", ["jsonl", "label_studio", "doccano"])
def test_answers_are_exported(project, client, format):
    project.join("Anna")
    project.answer("Anna", project.next("Anna").id, {"label": "spam"})
    response = client(project).get("export", params={"format": format})
    assert response.headers["content-disposition"].startswith('attachment; filename="project.json')
    assert "spam" in response.text


def test_a_format_that_is_not_there_is_refused(project, client):
    response = client(project).get("export", params={"format": "../../x"})
    assert response.status_code == 400


def test_the_style_of_the_reports_is_served_with_the_page(project, client):
    assert ":root" in client(project).get("page.css").text


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def _read(html):
    reader = _Reader()
    reader.feed(html)
    return reader.found


def _tags(html):
    return [tag for tag, _ in _read(html)]


def _attribute(html, name):
    return next(attrs[name] for _, attrs in _read(html) if name in attrs)
