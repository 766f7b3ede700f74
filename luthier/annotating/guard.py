"""Who may speak to the page: a browser that was given its address, and no other page in it."""

from ipaddress import ip_address
from secrets import compare_digest
from typing import final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE = {"GET", "HEAD"}
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not no-referrer: with that, browsers send `Origin: null` with the page's own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""Sent with every answer: nothing but the page's own files is loaded, run, kept or framed."""


@final
class Guard:
    """Lets a request through to the application if it passes three tests.

    Host: it names the server in digits or by one of its own names. A name that somebody else owns
    could be made to point here, and their page would then count as ours (DNS rebinding); an
    address in digits could not.

    Token: the path begins with the secret of this start. A cookie would not do: a browser sends
    the cookies of 127.0.0.1 to whatever listens on any port of it, also to another user's server.

    Origin: whoever changes something sends it from a page of this very host (no forged requests).
    """

    def __init__(self, app: ASGIApp, *, token: str, names: frozenset[str] = frozenset()):
        self._app = app
        self._token = token.encode("ascii")
        self._names = names | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on below the token's path, or refuse it with a sentence."""
        assert scope["type"] == "http", "the page has neither web sockets nor a lifespan"
        refused = self._refusal(scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if refused is not None:
            await PlainTextResponse(refused, 403)(scope, receive, with_headers)
            return
        root = f"/{self._token.decode('ascii')}"
        await self._app({**scope, "root_path": root}, receive, with_headers)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            return "This server does not answer to that name.\n"
        given = scope["path"].partition("/")[2].partition("/")[0]
        if not compare_digest(given.encode("utf-8"), self._token):
            return "Open the whole address that `luthier annotate` printed, its token included.\n"
        if scope["method"] not in _SAFE and headers.get("origin") != f"http://{host}":
            return "Only the page itself may send this.\n"
        return None

    def _is_ours(self, host: str) -> bool:
        name = host.rpartition(":")[0] if _has_port(host) else host
        name = name.removeprefix("[").removesuffix("]").lower()
        return name in self._names or is_address(name)


def _has_port(host: str) -> bool:
    return ":" in host and not host.endswith("]")


def is_address(name: str) -> bool:
    """Whether a host is named in digits."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
