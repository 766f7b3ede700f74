import pytest
from starlette.testclient import TestClient

from luthier.annotating.application import application
from luthier.annotating.desk import Desk

from .conftest import ORIGIN, TOKEN

NEXT = f"/{TOKEN}/api/next"


@pytest.fixture
def ask(project):
    project.join("Anna")
    desk = Desk(project, annotator="Anna")
    app = TestClient(application(desk, token=TOKEN, names=frozenset({"workstation"})), ORIGIN)

    def send(method, path, **headers):
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {"json": {"by": "Anna"}} if method == "POST" else {}
        return app.request(method, path, headers=told, **body)

    return send


@pytest.mark.parametrize("path", ["/", "/wrong/", f"/{TOKEN[:-1]}/", f"/x/{TOKEN}/", "/é/"])
def test_without_the_token_nothing_is_told(ask, path):
    response = ask("GET", path)
    assert (response.status_code, "token" in response.text) == (403, True)
    assert "Spam" not in response.text


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost", "localhost:1", "[::1]:8000", "10.0.0.7", "WORKSTATION"]
)
def test_the_server_answers_to_its_own_names_and_to_addresses(ask, host):
    assert ask("GET", f"/{TOKEN}/", host=host).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8000", "localhost.evil.example", "", "[::1"]
)
def test_a_name_that_was_made_to_point_here_gets_nothing(ask, host):
    assert ask("GET", f"/{TOKEN}/", host=host).status_code == 403


def test_the_page_itself_may_send(ask):
    assert ask("POST", NEXT, origin=ORIGIN).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://127.0.0.1:8001"])
def test_no_other_page_may_send(ask, origin):
    assert ask("POST", NEXT, origin=origin).status_code == 403


def test_who_names_no_origin_may_not_send(ask):
    assert ask("POST", NEXT).status_code == 403


def test_every_answer_forbids_scripts_from_elsewhere_and_frames(ask):
    for response in (ask("GET", f"/{TOKEN}/"), ask("GET", "/"), ask("GET", f"/{TOKEN}/none")):
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store"


def test_a_path_that_climbs_out_of_the_static_files_finds_nothing(ask):
    for path in ("static/../guard.py", "static/%2e%2e/guard.py", "static//etc/passwd"):
        assert ask("GET", f"/{TOKEN}/{path}").status_code == 404
