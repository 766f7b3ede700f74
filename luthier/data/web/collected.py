"""What the sources of the web have in common: collect once, then read the rows from a file."""

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from luthier.core.errors import UserError
from luthier.data.source import Found, OnProgress, Source, unwatched
from luthier.data.web.addresses import without_credentials

if TYPE_CHECKING:
    from luthier.data.web.snapshot import Snapshot
    from luthier.data.web.visit import Visit

PAUSE = 1.0
"""Seconds between two requests to a host, if nobody says otherwise."""
MAX_AGE = 1.0
"""Hours for which a fetched page is not asked for again, if nobody says otherwise."""
MAX_PAGES = 1000
"""Pages after which a collection that finds its own ends, if nobody says otherwise."""

_HOUR = 3600  # seconds


class Collected(Source):
    """Rows of pages that are fetched when they are first needed.

    All is fetched before the first row is given, so that the rows are the same every time, and
    what was missed can be told. What is fetched is on disk at once: broken off, a collection goes
    on where it was. Subclasses say which pages, in `gather`.

    Args:
        urls: addresses that the user wrote; the first is how messages call the source.
        pause: seconds between two requests to a host.
        max_age: hours for which a fetched page is not asked for again.

    Raises:
        UserError: an address holds a user name or a password.
    """

    def __init__(self, urls: Sequence[str], pause: float, max_age: float):
        for url in urls:
            if without_credentials(url) != url:
                raise UserError(
                    f"{without_credentials(url)}: was written with a user name or a password, "
                    "which would end up in manifests and reports. Leave them out."
                )
        self.urls = tuple(urls)
        self._pause, self._max_age = pause, max_age
        self._snapshot: Snapshot | None = None
        self._remarks: list[str] = []

    @property
    def origin(self) -> str:
        """How messages call it."""
        return self.urls[0]

    @abstractmethod
    async def gather(self, visit: "Visit") -> Iterable[dict[str, Any]]:
        """Fetch everything, and give the rows as they are to be: at least `text` and `url`.

        Raises:
            UserError: what names the pages cannot be read.
        """

    def collect(self, on_progress: OnProgress = unwatched) -> None:
        """Fetch the pages, unless that is done.

        Raises:
            UserError: none of them gave a row; or see `gather`.
        """
        if self._snapshot is None:
            # Not at the top: the menu is listed without the libraries of the extra.
            from luthier.data.web.collect import Collection
            from luthier.data.web.fetcher import Manners

            manners = Manners(pause=self._pause, max_age=self._max_age * _HOUR)
            collection = Collection(self.origin, self._key(), self.gather, manners)
            self._snapshot, self._remarks = collection.run(on_progress)

    def rows(self) -> Iterator[Found]:
        """Read all rows from the start, as a stream; collect first if need be.

        Raises:
            UserError: see `collect`.
        """
        self.collect()
        assert self._snapshot is not None
        for number, fields in enumerate(self._snapshot, 1):
            yield Found(fields, fields["url"] or f"{self.origin}, entry {number}")

    def remarks(self) -> list[str]:
        """How many rows were collected and where they lie, and which pages gave none and why."""
        self.collect()
        return list(self._remarks)

    def _key(self) -> str:
        """What tells this collection from others while it is unfinished: which pages it is of."""
        own = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return json.dumps([type(self).__name__, own], sort_keys=True)
