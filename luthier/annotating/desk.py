"""What all routes of the annotation server work on: the project, and how its pages speak."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import quote, unquote

from starlette.requests import Request

from luthier.core.page import Language, render
from luthier.data.annotation.project import Project

BY, LANGUAGE = "annotator", "language"
"""Cookies; they are bound to the path with the token, so that no other server gets them."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An open project and what was asked for on the command line.

    Attributes:
        project: the project.
        language: of the pages; None: as each browser asks for.
        annotator: who answers; None: each person says so on entry.
        on_answer: told after every answer, when it is on disk; must return at once.
    """

    project: Project
    language: Language | None = None
    annotator: str | None = None
    on_answer: Callable[[], None] = lambda: None

    def speaks(self, request: Request) -> Language:
        """Of a person's pages: as they chose, else as the command or the browser asks."""
        chosen = request.cookies.get(LANGUAGE)
        if chosen in get_args(Language):
            return chosen  # type: ignore[return-value]  # just looked up
        if self.language is not None:
            return self.language
        return "zh" if request.headers.get("accept-language", "").startswith("zh") else "en"

    def who(self, request: Request) -> str | None:
        """The person's name, if they gave it."""
        given = request.cookies.get(BY)
        return self.annotator if given is None else unquote(given)

    def page(self, request: Request, template: str, here: str, **content: Any) -> str:
        """One of this package's templates in the person's language."""
        language = self.speaks(request)
        return render(
            f"annotating/templates/{template}.html",
            language=language,
            **{
                "title": self.project.settings.title,
                "by": self.who(request),
                "can_leave": self.annotator is None,
                "here": here,
                **content,
            },
        )


def cookie(value: str) -> str:
    """A name of any script as a cookie can hold it."""
    return quote(value, safe="")
