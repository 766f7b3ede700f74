"""Runs one collection: visits the web in a thread of its own, and keeps the rows as a file."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, final

from luthier.core.errors import UserError
from luthier.data.source import OnProgress
from luthier.data.text.readable import counted
from luthier.data.web.apart import run_apart
from luthier.data.web.client import Client
from luthier.data.web.fetcher import Fetcher, Manners
from luthier.data.web.snapshot import Snapshot
from luthier.data.web.store import Store
from luthier.data.web.visit import Visit

Gather = Callable[[Visit], Awaitable[Iterable[dict[str, Any]]]]
"""Fetches everything and gives the rows, at least `text` and `url`; they are not read at once."""


@final
class Collection:
    """What a source collects from the web, once.

    Args:
        origin: how messages call it.
        key: what tells it from other collections while it is unfinished: all its options.
        gather: which pages, and what rows they give.
        manners: how they are fetched.
    """

    def __init__(self, origin: str, key: str, gather: Gather, manners: Manners):
        self._origin, self._key, self._gather, self._manners = origin, key, gather, manners
        self._store = Store()
        self._visit: Visit | None = None

    def run(self, on_progress: OnProgress) -> tuple[Snapshot, list[str]]:
        """Fetch the pages, read them, and give the rows and what is to be said about them.

        Raises:
            UserError: there are no rows, or what names the pages cannot be read.
        """
        rows = run_apart(self._fetch(), lambda: self._tell(on_progress))
        self._tell(on_progress)
        visit = self._visit
        assert visit is not None
        snapshot = Snapshot.write(self._watched(rows, on_progress))
        self._store.finish(self._key)
        if not snapshot.rows:
            why = visit.missed() or "it names none"
            raise UserError(f"{self._origin}: no page gave a row: {why}.")
        said = f"{counted(snapshot.rows, 'row')} collected, kept as {snapshot.name} in the cache."
        return snapshot, [said, *visit.sentences()]

    async def _fetch(self) -> Iterable[dict[str, Any]]:
        since = self._store.begin(self._key)
        async with Client() as client:
            fetcher = Fetcher(client, self._store, self._manners, since)
            self._visit = Visit(fetcher, self._store, self._manners.hosts)
            return await self._gather(self._visit)

    def _tell(self, on_progress: OnProgress) -> None:
        if self._visit is not None:
            on_progress("collect", self._visit.done, self._visit.total or None)

    def _watched(
        self, rows: Iterable[dict[str, Any]], on_progress: OnProgress
    ) -> Iterator[dict[str, Any]]:
        for number, row in enumerate(rows, 1):
            on_progress("extract", number, None)
            yield row
