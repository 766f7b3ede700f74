"""One request over the network: to a checked address, within limits of time and size."""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from types import TracebackType
from typing import Any, final
from urllib.parse import urlsplit

from luthier.core.extras import extra
from luthier.data.web.addresses import is_public
from luthier.data.web.page import NotFetched

with extra("collect", "Reading from the web"):
    import httpcore2
    import httpx2

AGENT = f"luthier/{version('luthier')}"
PRIVATE_HOSTS = "LUTHIER_PRIVATE_HOSTS"
"""Environment variable: hosts, by commas, that may lie within a private network."""

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Host and port -> all its IP addresses."""

_CODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Time that one document may take: `document_seconds` for all of it, however it drips."""

    connect_seconds: float = 10
    read_seconds: float = 20
    document_seconds: float = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of document is asked for.

    Attributes:
        accept: the request's header.
        types: pattern of the content types that are taken; none at all is taken, too.
        max_bytes: after decompression.
    """

    accept: str
    types: re.Pattern[str]
    max_bytes: int

    def refuse_other(self, content_type: str) -> None:
        """Refuse what is not this kind of document.

        Raises:
            NotFetched: naming the content type.
        """
        kind = content_type.partition(";")[0].strip()
        if kind and not self.types.fullmatch(kind):
            raise NotFetched(f"its content type is {kind[:60]}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: the status, headers by their small names, and the body of a 200."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@final
class CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """Resolves a host, checks every address it has, and connects to one of those and no other.

    Nothing is resolved twice, so that a name server cannot give a public address for the check
    and a private one for the connection. TLS is still spoken with the host's own name.

    Args:
        private_hosts: hosts whose addresses may be private.
        resolve: stands in for the name server in tests.
        inner: stands in for the network in tests.
    """

    def __init__(
        self,
        private_hosts: Iterable[str] = (),
        resolve: Resolve | None = None,
        inner: httpcore2.AsyncNetworkBackend | None = None,
    ):
        self._private_hosts = frozenset(private_hosts)
        self._resolve = resolve or _resolve
        self._inner = inner or httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address that answers.

        Raises:
            NotFetched: there is no such host, or one of its addresses is not public.
        """
        addresses = await self._resolve(host, port)
        if host not in self._private_hosts and not all(map(is_public, addresses)):
            raise NotFetched(f"its host lies in a private network ({PRIVATE_HOSTS} may allow it)")
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(address, port, timeout)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue  # the next one may answer; what the last one says is raised
        return await self._inner.connect_tcp(addresses[-1], port, timeout)


async def _resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotFetched("no such host", transient=error.errno == socket.EAI_AGAIN) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def private_hosts() -> list[str]:
    """The hosts that the user's environment allows to be private: an intranet's."""
    return [name.strip().lower() for name in os.environ.get(PRIVATE_HOSTS, "").split(",") if name]


@final
class Client:
    """Sends requests. It keeps no cookies, follows no redirects and knows no passwords."""

    def __init__(
        self, limits: Limits | None = None, network: httpcore2.AsyncNetworkBackend | None = None
    ):
        self._limits = limits or Limits()
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            network_backend=network or CheckedNetwork(private_hosts()),
            max_connections=None,
            max_keepalive_connections=32,
            keepalive_expiry=10,
        )

    async def get(self, url: str, wanted: Wanted, headers: Mapping[str, str]) -> Answer:
        """Ask for a document.

        Args:
            url: a canonical address.
            wanted: its kind; the body is read only if it is of that kind.
            headers: to send beside our own.

        Raises:
            NotFetched: no answer, a broken one, or one beyond a limit.
        """
        with _told():
            async with asyncio.timeout(self._limits.document_seconds):
                async with self._asked(url, {"accept": wanted.accept, **headers}) as raw:
                    known = {key.decode().lower(): _text(value) for key, value in raw.headers}
                    if raw.status == 200:
                        wanted.refuse_other(known.get("content-type", "").lower())
                    body = b""
                    if raw.status in (200, 304):
                        body = await _body(raw, known, wanted.max_bytes)
                    return Answer(raw.status, known, body)

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.aclose()

    @asynccontextmanager
    async def _asked(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[Any]:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        own = {"host": parts.netloc, "user-agent": AGENT, "accept-encoding": "gzip, deflate"}
        limits = self._limits
        timeout = {"connect": limits.connect_seconds, "read": limits.read_seconds}
        async with self._pool.stream(
            "GET",
            httpcore2.URL(
                scheme=parts.scheme,
                host=parts.hostname or "",
                port=parts.port,
                target=target,
            ),
            headers=[(key.encode(), value.encode()) for key, value in {**own, **headers}.items()],
            extensions={"timeout": {**timeout, "write": limits.read_seconds}},
        ) as answer:
            yield answer


async def _body(raw: Any, headers: Mapping[str, str], max_bytes: int) -> bytes:
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in _CODINGS:
        raise NotFetched(f"its compression is {coding[:60]}")
    # httpx2 unpacks in pieces of at most 1 MiB, so that a bomb is seen before it has gone off.
    answer = httpx2.Response(200, headers=raw.headers, content=_counted(raw, max_bytes))
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece
        _refuse_large(len(body), max_bytes)
    return bytes(body)


async def _counted(raw: Any, max_bytes: int) -> AsyncIterator[bytes]:
    """The body as it comes: what unpacks to nothing at all must have an end as well."""
    count = 0
    async for piece in raw.aiter_stream():
        count += len(piece)
        _refuse_large(count, max_bytes)
        yield piece


def _refuse_large(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise NotFetched(f"larger than {max_bytes / 2**20:g} MB")


def _text(value: bytes) -> str:
    return value.decode("latin-1")


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the libraries raise into the few words of a `NotFetched`."""
    try:
        yield
    except (TimeoutError, httpcore2.TimeoutException) as error:
        raise NotFetched("no whole answer in time", transient=True) from error
    except httpcore2.ConnectError as error:
        # The pool drops the cause; the original is its argument.
        if any(isinstance(original, ssl.SSLCertVerificationError) for original in error.args):
            raise NotFetched("its certificate is not valid") from error
        raise NotFetched("its host does not answer", transient=True) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise NotFetched("the answer broke off or is no HTTP", transient=True) from error
    except httpx2.DecodingError as error:
        raise NotFetched("its compression is broken") from error
