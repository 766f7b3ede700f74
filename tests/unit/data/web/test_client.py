import gzip
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterable
from typing import Any

import httpcore2
import pytest

from luthier.data.web.client import (
    AGENT,
    Answer,
    CheckedNetwork,
    Client,
    Limits,
    Wanted,
    private_hosts,
)
from luthier.data.web.page import NotFetched
from tests.coroutines import run_apart as finish
from tests.websites import Handler, Reply, Site, serve

HTML = Wanted("text/html", re.compile("text/html"), 100_000)


def get(url: str, limits: Limits | None = None, **headers: str) -> Answer:
    async def ask() -> Answer:
        async with Client(limits) as client:
            return await client.get(url, HTML, headers)

    return finish(ask())


def test_a_document_comes_with_status_headers_and_body(site: Site) -> None:
    site.replies["/a?b"] = Reply("hello", headers={"ETag": '"1"'})
    answer = get(f"{site.url}/a?b")
    assert (answer.status, answer.headers["etag"], answer.body) == (200, '"1"', b"hello")
    assert site.headers[0]["user-agent"] == AGENT


def test_a_private_host_is_refused_without_a_connection() -> None:
    with serve() as site:
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(NotFetched, match="private network"):
                get(f"http://{host}:{site.port}/")
        assert site.asked == []


def test_the_environment_names_private_hosts_one_by_one(site: Site) -> None:
    assert private_hosts() == ["127.0.0.1"]
    with pytest.raises(NotFetched, match="private network"):
        get(f"http://localhost:{site.port}/")


def test_a_body_without_end_is_cut_off(site: Site) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Connection", "close")
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    site.replies["/"] = endless
    with pytest.raises(NotFetched, match=r"larger than 0\.09"):
        get(f"{site.url}/")


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_packed_body_is_unpacked(site: Site, coding: str) -> None:
    packed = {"gzip": gzip.compress(b"hello"), "deflate": zlib.compress(b"hello")}[coding]
    site.replies["/"] = Reply(packed, headers={"Content-Encoding": coding})
    assert get(f"{site.url}/").body == b"hello"


def test_a_bomb_is_refused(site: Site) -> None:
    bomb = gzip.compress(bytes(200_000_000), 1)
    site.replies["/"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(NotFetched, match="larger than"):
        get(f"{site.url}/")


def test_a_body_that_unpacks_to_nothing_has_an_end_as_well(site: Site) -> None:
    empty = gzip.compress(b"") + bytes(200_000)
    site.replies["/"] = Reply(empty, headers={"Content-Encoding": "gzip"})
    with pytest.raises(NotFetched, match="larger than"):
        get(f"{site.url}/")


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "zstd"])
def test_a_compression_that_was_not_asked_for_is_refused(site: Site, coding: str) -> None:
    site.replies["/"] = Reply(b"x", headers={"Content-Encoding": coding})
    with pytest.raises(NotFetched, match=f"its compression is {coding}"):
        get(f"{site.url}/")


def test_a_broken_compression_is_told(site: Site) -> None:
    site.replies["/"] = Reply(b"no gzip", headers={"Content-Encoding": "gzip"})
    with pytest.raises(NotFetched, match="compression is broken"):
        get(f"{site.url}/")


def test_another_content_type_is_refused(site: Site) -> None:
    site.replies["/"] = Reply(b"%PDF", headers={"Content-Type": "Application/PDF; x=y"})
    with pytest.raises(NotFetched, match="its content type is application/pdf"):
        get(f"{site.url}/")


def test_a_server_that_says_nothing_is_left_after_a_while(site: Site) -> None:
    done = []

    def silent(handler: Handler) -> None:
        handler.connection.settimeout(5)
        done.append(handler.connection.recv(1))  # ends when the client hangs up
        handler.close_connection = True

    site.replies["/"] = silent
    with pytest.raises(NotFetched, match="in time") as caught:
        get(f"{site.url}/", Limits(read_seconds=0.05))
    assert caught.value.transient


def test_a_server_that_drips_is_left_when_the_documents_time_is_over(site: Site) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Connection", "close")
        handler.end_headers()
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.01)

    site.replies["/"] = drip
    with pytest.raises(NotFetched, match="in time"):
        get(f"{site.url}/", Limits(document_seconds=0.15))


def test_a_host_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUTHIER_PRIVATE_HOSTS", "127.0.0.1")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(NotFetched, match="does not answer") as caught:
            get(f"http://127.0.0.1:{port}/")
    assert caught.value.transient


def test_what_is_no_http_is_told(site: Site) -> None:
    def babble(handler: Handler) -> None:
        handler.wfile.write(b"220 mail.example ESMTP\r\n")
        handler.close_connection = True

    site.replies["/"] = babble
    with pytest.raises(NotFetched, match="no HTTP"):
        get(f"{site.url}/")


def test_cookies_are_not_kept(site: Site) -> None:
    site.replies["/"] = Reply("a", headers={"Set-Cookie": "a=b"})

    async def twice() -> None:
        async with Client() as client:
            for _ in range(2):
                await client.get(f"{site.url}/", HTML, {})

    finish(twice())
    assert [headers.get("cookie") for headers in site.headers] == [None, None]


class Recorded(httpcore2.AsyncNetworkBackend):
    """A network that only remembers who was to be connected to; some do not answer."""

    def __init__(self, dead: Iterable[str] = ()):
        self.dead, self.asked = set(dead), list[str]()

    async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> Any:
        self.asked.append(host)
        if host in self.dead:
            raise httpcore2.ConnectError("dead")
        return f"{host}:{port}"


def connected(network: CheckedNetwork, host: str) -> Any:
    return finish(network.connect_tcp(host, 443))


def test_a_name_server_that_changes_its_mind_is_asked_once_only() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    async def rebinding(host: str, port: int) -> list[str]:
        return next(answers)

    assert connected(CheckedNetwork(resolve=rebinding, inner=Recorded()), "a.example") == (
        "93.184.216.34:443"
    )


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.1"]

    network = Recorded()
    with pytest.raises(NotFetched, match="private network"):
        connected(CheckedNetwork(resolve=mixed, inner=network), "a.example")
    assert network.asked == []


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    async def two(host: str, port: int) -> list[str]:
        return ["2606:4700::1", "93.184.216.34"]

    network = CheckedNetwork(resolve=two, inner=Recorded(["2606:4700::1"]))
    assert connected(network, "a.example") == "93.184.216.34:443"


def test_tls_is_spoken_with_the_name_over_a_connection_to_the_checked_address() -> None:
    spoken: list[str] = []

    class Stream(httpcore2.AsyncMockStream):
        async def start_tls(self, ssl_context: Any, server_hostname: Any = None, **_: Any) -> Any:
            spoken.append(server_hostname)
            return self

    class Tls(Recorded):
        async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> Any:
            self.asked.append(host)
            return Stream([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"])

    async def public(host: str, port: int) -> list[str]:
        return ["93.184.216.34"]

    network = Tls()

    async def ask() -> Answer:
        async with Client(network=CheckedNetwork(resolve=public, inner=network)) as client:
            return await client.get("https://a.example/", HTML, {})

    assert finish(ask()).body == b"hi"
    assert (spoken, network.asked) == (["a.example"], ["93.184.216.34"])


def test_a_certificate_that_is_not_valid_is_told() -> None:
    class Stream(httpcore2.AsyncMockStream):
        async def start_tls(self, *_: Any, **__: Any) -> Any:
            raise httpcore2.ConnectError(ssl.SSLCertVerificationError("bad"))

    class Forged(Recorded):
        async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> Any:
            return Stream([])

    async def ask() -> None:
        async with Client(network=Forged()) as client:
            await client.get("https://a.example/", HTML, {})

    with pytest.raises(NotFetched, match="certificate is not valid") as caught:
        finish(ask())
    assert not caught.value.transient


def test_an_unknown_host_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotFetched, match="no such host"):
        get("http://a.example/")
