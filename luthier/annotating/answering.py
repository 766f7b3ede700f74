"""What the scripts of the page ask for: the next item, and that an answer be kept."""

import json
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from luthier.annotating.desk import Desk
from luthier.data.annotation.item import Item

Name = Annotated[str, Field(min_length=1, max_length=60)]


class _Asking(BaseModel):
    """Who asks. The page says so itself: in another tab, the cookie may name somebody else."""

    model_config = ConfigDict(extra="forbid")
    by: Name


class _About(_Asking):
    item: str
    note: Annotated[str, Field(max_length=2_000)] = ""


class _Skipping(_About):
    seconds: float | None = None


class _Answering(_Skipping):
    value: dict[str, Any]


class _Deciding(_About):
    value: dict[str, Any]


def answering(desk: Desk) -> APIRouter:
    """The routes below `/api`. An answer is on disk before the item that follows is told."""
    routes, project = APIRouter(prefix="/api"), desk.project

    @routes.post("/next")
    def follow(asked: _Asking) -> Response:
        return _json(_turn(desk, asked.by, project.next(asked.by)))

    @routes.post("/answer")
    def answer(asked: _Answering) -> Response:
        project.answer(asked.by, asked.item, asked.value, seconds=asked.seconds, note=asked.note)
        desk.on_answer()
        return _json(_turn(desk, asked.by, project.next(asked.by)))

    @routes.post("/skip")
    def skip(asked: _Skipping) -> Response:
        project.skip(asked.by, asked.item, seconds=asked.seconds, note=asked.note)
        return _json(_turn(desk, asked.by, project.next(asked.by)))

    @routes.post("/undo")
    def undo(asked: _Asking) -> Response:
        return _json(_turn(desk, asked.by, project.undo(asked.by)))

    @routes.post("/disputed")
    def disputed(asked: _Asking) -> Response:
        return _json(_dispute(desk, asked.by))

    @routes.post("/later")
    def later(asked: _About) -> Response:
        project.postpone(asked.by, asked.item)
        return _json(_dispute(desk, asked.by))

    @routes.post("/decide")
    def decide(asked: _Deciding) -> Response:
        project.adjudicate(asked.by, asked.item, asked.value, note=asked.note)
        return _json(_dispute(desk, asked.by))

    return routes


def _turn(desk: Desk, by: str, item: Item | None) -> dict[str, Any]:
    progress = desk.project.progress(by)
    return {
        "item": None if item is None else asdict(item),
        "progress": {"mine": progress.mine, "left": progress.left, "skipped": progress.skipped},
    }


def _dispute(desk: Desk, by: str) -> dict[str, Any]:
    found = desk.project.next_disputed(by)
    left = desk.project.progress(by).disputed
    if found is None:
        return {"item": None, "answers": [], "left": left}
    return {"item": asdict(found.item), "answers": [asdict(a) for a in found.answers], "left": left}


def _json(content: dict[str, Any]) -> Response:
    # In ASCII, for a text may hold lone surrogates, which UTF-8 cannot.
    return Response(json.dumps(content), media_type="application/json")
