"""A web site on this machine's own loopback, that says whatever a test has it say."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PROSE = (
    "A luthier builds and repairs stringed instruments, and knows from the sound of the wood "
    "which piece will carry a note and which one will swallow it. The work is slow, for glue has "
    "to dry and varnish has to harden, and nobody has found a way to hurry either of them along."
)
OTHER_PROSE = (
    "The bridge of a violin is not glued; the strings hold it where it stands. Whoever moves it "
    "by the width of a hair hears another instrument, which is why old hands mark its place with "
    "a pencil before they loosen anything, and why beginners learn to do the same thing soon."
)
CHINESE = (
    "制琴师从一块木头的声音里听得出它能不能承住一个音。这门手艺很慢，胶要等它干，漆要等它硬，"
    "谁也没有办法让它们快一点。琴码并不粘在琴上，是琴弦把它压在那里；挪动一根头发丝的距离，"
    "听到的就是另一把琴，所以老师傅在松弦之前总要先用铅笔把它的位置画下来。"
)


def html(*paragraphs: str, title: str = "A page", more: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{title}</title>'
        '<meta charset="utf-8"><meta name="author" content="Ada Fiddle">'
        '<meta property="article:published_time" content="2024-05-06T07:08:09Z"></head>'
        "<body><nav><a href='/'>Home</a> <a href='/about'>About us</a></nav>"
        f"<main><article><h1>{title}</h1>{text}</article></main>{more}"
        "<footer>All rights reserved by nobody in particular</footer></body></html>"
    )


Handler = BaseHTTPRequestHandler


@dataclass
class Reply:
    """What the site answers at a path."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, handler: Handler) -> None:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        handler.send_response(self.status)
        for name, value in {"Content-Type": "text/html", **self.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@dataclass
class Site:
    """Replies by path, and the requests that came, as `path` and headers."""

    url: str
    replies: dict[str, Callable[[Handler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def page(self, path: str, *paragraphs: str, **options: str) -> None:
        self.replies[path] = Reply(html(*paragraphs, **options))

    def times(self, path: str) -> int:
        return self.asked.count(path)


@contextmanager
def serve() -> Iterator[Site]:
    """A site with nothing in it; what it was not told to have is 404."""

    class Answers(Handler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # noqa: N802
            site.asked.append(self.path)
            site.headers.append({name.lower(): value for name, value in self.headers.items()})
            try:
                site.replies.get(self.path, Reply("nothing here", 404))(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *values: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # the client hung up, as some tests have it do

    server = Server(("127.0.0.1", 0), Answers)
    site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site that may be asked although it lies on this machine."""
    monkeypatch.setenv("LUTHIER_PRIVATE_HOSTS", "127.0.0.1")
    with serve() as there:
        yield there
