"""Which items are worth asking about next, worked out in a process beside the server.

The server loads no model and never waits: it sends what people said down a pipe, a thread of its
own waits for the ranks that come back, and until then items come in the order they had.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from typing import Any, Literal, final

from luthier.core.errors import LuthierError, UserError
from luthier.data.annotation.kind import Kind, Value
from luthier.data.annotation.project import Project
from luthier.data.annotation.project_folder import ITEMS

Order = Literal["uncertainty", "diversity"]

EVERY = 10
"""Answers between two rankings."""

_UNCERTAIN_KINDS = ("classes", "rating", "label_sets")


@final
class Ranker:
    """Keeps the order of a project's items up to date while people answer.

    Args:
        project: whose items are ranked.
        order: `uncertainty`: first what a linear head, trained on the answers so far, is least sure
            of; `diversity`: first what lies farthest from all that was answered.
        model: the frozen pretrained model whose features are used: catalog:name, folder or hub id.
        say: told what goes on, a line each; from another thread.

    Raises:
        UserError: answers of this kind are none that a linear head could learn.
    """

    def __init__(self, project: Project, order: Order, model: str, say: Callable[[str], None]):
        if order == "uncertainty" and project.kind.name not in _UNCERTAIN_KINDS:
            raise UserError(
                f"--order uncertainty: a head for {project.kind.title} cannot be trained in "
                "seconds. Choose --order diversity."
            )
        self._project, self._say = project, say
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        items = project.folder / ITEMS
        arguments = (theirs, items, order, model, project.kind.name, list(project.kind.labels))
        self._process = context.Process(target=_work, args=arguments, daemon=True)
        self._theirs = theirs
        self._thread = Thread(target=self._follow, daemon=True)
        self._news = Event()
        self._unlearnt, self._is_closed = EVERY, False

    def start(self) -> None:
        """Load the model and begin; returns at once."""
        self._process.start()
        self._theirs.close()  # so that its end is noticed here
        self._news.set()
        self._thread.start()

    def answered(self) -> None:
        """One more answer is there; returns at once."""
        self._unlearnt += 1
        self._news.set()

    def close(self) -> None:
        """Stop the process."""
        self._is_closed = True
        self._news.set()
        self._process.terminate()
        self._process.join()
        self._thread.join()

    def _follow(self) -> None:
        try:
            while True:
                self._news.wait()
                self._news.clear()
                if self._is_closed:
                    return
                if self._unlearnt >= EVERY:
                    self._unlearnt = 0
                    self._pipe.send(present_answers(self._project))
                    self._project.rank(self._receive())
        except (EOFError, ConnectionError):
            if not self._is_closed:
                self._say("The model that ranks items has stopped. The order stays as it is.")

    def _receive(self) -> Mapping[str, float]:
        while True:
            what, content = self._pipe.recv()
            if what == "ranks":
                ranks: Mapping[str, float] = content
                return ranks
            self._say(content)


def present_answers(project: Project) -> dict[str, Value]:
    """One answer for each item: what was decided, else what most people said, else the first."""
    said: dict[str, list[Value]] = defaultdict(list)
    for answer in project.answers():
        if answer.value is not None:
            said[answer.item].append(answer.value)
    found = {item: _most_frequent(values, project.kind) for item, values in said.items()}
    return {**found, **project.verdicts()}


def _most_frequent(values: list[Value], kind: Kind) -> Value:
    counts = Counter(map(kind.unit, values))
    return max(values, key=lambda value: counts[kind.unit(value)])


def _work(
    pipe: Connection, items: Path, order: Order, model: str, kind: str, labels: list[str]
) -> None:
    """The other process: answers in, ranks out, until the pipe is closed."""
    from luthier.annotating.learning import Learner

    def say(line: str) -> None:
        pipe.send(("said", line))

    try:
        learner = Learner(items, model, kind, labels, say)
        rank: Callable[[dict[str, Any]], dict[str, float]] = getattr(learner, order)
        while True:
            pipe.send(("ranks", rank(pipe.recv())))
    except LuthierError as error:
        say(str(error))
    except (EOFError, ConnectionError):
        return  # the server has ended
