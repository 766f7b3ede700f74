"""Who answers, and in which language they read: the entry page and the small forms."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from luthier.annotating.desk import BY, LANGUAGE, Desk, cookie
from luthier.core.errors import UserError
from luthier.core.page import Language

_PAGES = {"", "disputed", "agreement"}


def entry(desk: Desk) -> APIRouter:
    """The routes of the forms; each leads back to a page."""
    routes, project = APIRouter(), desk.project

    @routes.post("/enter")
    def enter(request: Request, name: Annotated[str, Form(max_length=200)]) -> Response:
        try:
            project.join(name.strip())
        except UserError as error:
            return entry_page(desk, request, "", str(error))
        return _remember(request, BY, name.strip(), "")

    @routes.post("/leave")
    def leave(request: Request) -> Response:
        response = RedirectResponse("./", 303)
        response.delete_cookie(BY, path=_root(request))
        return response

    @routes.post("/language")
    def speak(
        request: Request, language: Annotated[Language, Form()], page: Annotated[str, Form()] = ""
    ) -> Response:
        return _remember(request, LANGUAGE, language, page if page in _PAGES else "")

    return routes


def entry_page(desk: Desk, request: Request, here: str, fault: str = "") -> Response:
    """Ask who is there; with a sentence if what they said cannot be."""
    settings = desk.project.settings
    content = {
        "fault": fault,
        "known": settings.annotators,
        "closed": settings.closed,
        "items": desk.project.progress().items,
        "by": None,
    }
    page = desk.page(request, "entry", here, **content)
    return HTMLResponse(page, 400 if fault else 200)


def _remember(request: Request, name: str, value: str, page: str) -> Response:
    response = RedirectResponse(f"./{page}", 303)
    response.set_cookie(name, cookie(value), path=_root(request), httponly=True, samesite="strict")
    return response


def _root(request: Request) -> str:
    return f"{request.scope['root_path']}/"
