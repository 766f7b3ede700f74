"""The verb `annotate`: a project is made or opened, and its page served until Ctrl-C."""

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from luthier.annotating.opening import Asking, open_project
from luthier.core.errors import silent
from luthier.core.extras import extra
from luthier.core.page import Language
from luthier.data.annotation.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How the page is served.

    Attributes:
        host: who can reach it; 127.0.0.1 for this machine alone.
        port: None: one that is free.
        language: of the page; None: as each browser asks for.
        annotator: who answers; None: everybody says so on entry.
        order: by chance, or ranked by a model.
        model: the one that ranks.
        open_browser: told the address when it can be opened.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    language: Language | None = None
    annotator: str | None = None
    order: Literal["chance", "uncertainty", "diversity"] = "chance"
    model: str = "catalog:minilm"
    open_browser: Callable[[str], Any] = silent


def annotate(asking: Asking, serving: Serving, say: Callable[[str], None] = silent) -> Path:
    """Let people annotate on a web page until Ctrl-C.

    Args:
        asking: what they are asked.
        serving: how.
        say: told the address and what goes on, a line each.

    Returns:
        the project's folder.

    Raises:
        UserError: a mistake in what is asked for, a project that is open elsewhere, or a port that
            is taken.
    """
    with extra("annotate", "The annotation page"):
        import python_multipart  # noqa: F401 - FastAPI reads forms with it

        from luthier.annotating import serving as web
    from luthier.annotating.desk import Desk

    with ExitStack() as stack:
        bound = stack.enter_context(web.listen(serving.host, serving.port))
        project = stack.enter_context(open_project(asking))
        for remark in project.remarks:
            say(remark)
        if serving.annotator is not None:
            project.join(serving.annotator)
        on_answer = _ranking(project, serving, say, stack)
        token = secrets.token_urlsafe(16)
        address = web.address_of(bound, serving.host, token)
        _announce(project, address, serving, web.is_private(serving.host), say)
        bound.listen()  # from here on the address answers, if only in a moment
        serving.open_browser(address)
        desk = Desk(project, serving.language, serving.annotator, on_answer)
        web.serve(desk, bound, serving.host, token)
        progress = project.progress()
        say(f"{progress.answers:,} answers of {progress.wanted:,} are in {project.folder}.")
        return project.folder


def _ranking(
    project: Project, serving: Serving, say: Callable[[str], None], stack: ExitStack
) -> Callable[[], None]:
    if serving.order == "chance":
        return lambda: None
    from luthier.annotating.ranking import Ranker
    from luthier.models.fetch import fetch_model

    if serving.model.startswith("catalog:"):  # a wrong name is told now, not by the other process
        fetch_model(serving.model.removeprefix("catalog:"), say)
    ranker = Ranker(project, serving.order, serving.model, say)
    ranker.start()
    stack.callback(ranker.close)
    return ranker.answered


def _announce(
    project: Project, address: str, serving: Serving, is_private: bool, say: Callable[[str], None]
) -> None:
    progress = project.progress()
    say(
        f"{project.folder}: {progress.items:,} items, {project.kind.title} each, "
        f"{progress.answers:,} answers so far."
    )
    say(f"Open {address}")
    if not is_private:
        say(
            f"Other machines reach {serving.host}: whoever has this address can read the items and "
            "answer, and nothing on the way is encrypted."
        )
    say("Every answer is on disk before the next item is shown. Ctrl-C ends it.")
