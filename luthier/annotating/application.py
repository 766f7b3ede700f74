"""The annotation server as one ASGI application: pages, answers, exports, behind the guard."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from luthier.annotating.answering import answering
from luthier.annotating.desk import Desk
from luthier.annotating.entry import entry
from luthier.annotating.guard import Guard
from luthier.annotating.pages import pages
from luthier.core.errors import UserError

MAX_BODY = 4 * 1024 * 1024
"""Bytes of one request: a long written answer, or some ten thousand spans."""

_STATIC = Path(__file__).parent / "static"


def application(desk: Desk, *, token: str, names: frozenset[str] = frozenset()) -> ASGIApp:
    """All routes of a project, below `/TOKEN/`.

    Args:
        desk: the project.
        token: the secret part of the address.
        names: of this machine, as a browser may call it; addresses in digits always may be used.
    """
    app = FastAPI(
        openapi_url=None,
        max_body_size=MAX_BODY,
        # FastAPI would send traces where an environment variable says so; this page never does.
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
    )
    app.include_router(pages(desk))
    app.include_router(entry(desk))
    app.include_router(answering(desk))
    app.mount("/static", StaticFiles(directory=_STATIC))
    app.add_exception_handler(UserError, _told)
    app.add_exception_handler(RequestValidationError, _malformed)
    return Guard(app, token=token, names=names)


def _told(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": str(error)}, 400)


def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    where = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors())
    return JSONResponse({"error": f"The request is malformed: {where}."}, 400)
