"""The pages that people open."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, HTMLResponse, Response

from luthier.annotating.agreement_view import agreement_view
from luthier.annotating.desk import Desk
from luthier.annotating.entry import entry_page
from luthier.annotating.exports import extension_of, formats_for
from luthier.annotating.guidelines import as_html
from luthier.core.page import environment
from luthier.data.annotation.transfer import export_answers


def pages(desk: Desk) -> APIRouter:
    """The routes of the pages. Whoever has not said who they are is asked first."""
    routes, project = APIRouter(), desk.project

    @routes.get("/page.css")
    def style() -> Response:
        return Response(str(environment("en").globals["style"]), media_type="text/css")

    @routes.get("/")
    def annotate(request: Request) -> Response:
        return _question(desk, request, "annotate", "")

    @routes.get("/disputed")
    def disputed(request: Request) -> Response:
        return _question(desk, request, "disputed", "disputed")

    @routes.get("/agreement")
    def agreement(request: Request) -> Response:
        if desk.who(request) is None:
            return entry_page(desk, request, "agreement")
        content = {"view": agreement_view(project), "exports": formats_for(project)}
        return HTMLResponse(desk.page(request, "agreement", "agreement", **content))

    @routes.get("/export")
    def export(format: str) -> Response:
        name = f"{project.folder.name}{extension_of(format)}"
        with ExitStack() as stack:
            path = Path(stack.enter_context(TemporaryDirectory(prefix="luthier-export-"))) / name
            export_answers(project, path, format)
            swept = BackgroundTask(stack.pop_all().close)
        return FileResponse(path, filename=name, background=swept)

    return routes


def _question(desk: Desk, request: Request, template: str, here: str) -> Response:
    by = desk.who(request)
    if by is None:
        return entry_page(desk, request, here)
    project = desk.project
    (name, options), *_ = project.settings.kind.items()
    asked = {"by": by, "kind": name, "options": options, "labels": list(project.kind.labels)}
    text = project.guidelines
    guidelines = as_html(text) if text else Markup("")
    content = {"asked": asked, "guidelines": guidelines, "items": project.progress().items}
    return HTMLResponse(desk.page(request, template, here, **content))
