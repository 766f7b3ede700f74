"""A client that speaks to the annotation server as its own page does."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from luthier.annotating.application import application
from luthier.annotating.desk import Desk
from luthier.data.annotation.project import Project
from tests import annotated

TOKEN = "the-token"
ORIGIN = "http://127.0.0.1:8000"

Client = Callable[..., TestClient]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with annotated.project(tmp_path) as opened:
        yield opened


@pytest.fixture
def client() -> Client:
    def make(project: Project, **desk: Any) -> TestClient:
        app = application(Desk(project, **desk), token=TOKEN)
        return TestClient(app, f"{ORIGIN}/{TOKEN}/", headers={"origin": ORIGIN})

    return make
