import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.web.addresses import canonical, is_public, origin_of, site_of, without_credentials
from luthier.data.web.client import CheckedNetwork
from luthier.data.web.page import NotFetched
from tests.coroutines import run_apart as finish

PRIVATE = [
    *("127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
]
private_v4 = st.sampled_from([int(IPv4Address(address)) for address in PRIVATE])


def spellings(number: int) -> list[str]:
    """What programs in C, and browsers, read as this IPv4 address."""
    a, b, c, d = number.to_bytes(4)
    return [
        *(f"{a}.{b}.{c}.{d}", f"{number}", f"0x{number:x}", f"0{number:o}", f"0X{number:X}"),
        *(f"{a}.{b}.{c * 256 + d}", f"{a}.{b * 65536 + c * 256 + d}", f"{a}.{b}.{c}.{d}."),
        *(f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"0x{a:x}.{b}.0{c:o}.{d}", f"{a:03d}.{b}.{c}.{d}"),
        *(f"%3{a % 10}7.0.0.1", f"{a}。{b}。{c}。{d}", f"[::ffff:{a}.{b}.{c}.{d}]"),
        *(
            f"[::{a}.{b}.{c}.{d}]",
            f"[64:ff9b::{a}.{b}.{c}.{d}]",
            f"[2002:{a:02x}{b:02x}:{c:x}{d:02x}::]",
        ),
        "".join(chr(ord(character) + 0xFEE0) for character in f"{a}.{b}.{c}.{d}"),
    ]


async def numbers(host: str, port: int) -> list[str]:
    """A name server that, like the system's, reads numbers however they are spelt."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        return [socket.inet_ntoa(socket.inet_aton(host))]


def asked_for(url: str) -> bool:
    """Whether a request to this address leads to a connection."""
    try:
        finish(connect(canonical(url)))
    except NotFetched:
        return False
    return True


async def connect(url: str) -> None:
    host = url.removeprefix("http://").rstrip("/").strip("[]")
    await CheckedNetwork(resolve=numbers, inner=Anywhere()).connect_tcp(host, 80)


class Anywhere:
    """A network in which every address answers."""

    async def connect_tcp(self, *_: object) -> None:
        pass


@given(private_v4, st.integers(0, 16))
def test_no_spelling_of_a_private_address_is_connected_to(number: int, which: int) -> None:
    assert not asked_for(f"http://{spellings(number)[which % len(spellings(number))]}/")


def test_a_public_address_is_connected_to() -> None:
    assert asked_for("http://93.184.216.34/")


@given(st.ip_addresses(v=4))
def test_ipv6_that_wraps_an_ipv4_address_is_never_more_public_than_it(ip: IPv4Address) -> None:
    for prefix in ("::ffff:", "::", "64:ff9b::", "::ffff:0:"):
        wrapped = is_public(f"{prefix}{ip}")
        assert not wrapped or is_public(str(ip))


@given(st.ip_addresses())
def test_public_is_what_python_calls_global_or_less(ip: IPv4Address | IPv6Address) -> None:
    assert not is_public(str(ip)) or ip.is_global


@pytest.mark.parametrize(
    "address",
    [
        *PRIVATE,
        *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1"),
        *("2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1", "2001::1", "::127.0.0.1"),
        *("::ffff:10.0.0.1", "192.0.0.8", "192.88.99.1", "3fff::1", "100::1", "5f00::1"),
    ],
)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        *((f"{scheme}:x", "neither with http") for scheme in ("file", "ftp", "data", "javascript")),
        *(("file:///etc/passwd", "neither"), ("gopher://a/", "neither"), ("no address", "neither")),
        *(("http://user:secret@a.example/", "user name"), ("http://@a.example/", "user name")),
        *(("http:///path", "no host"), ("http://", "no host"), ("http://a b/", "no host")),
        *(("http://a\\b/", "no host"), ("http://a..b/", "no host"), ("http://[::1/", "address")),
        *(("http://[fe80::1%25eth0]/", "no host"), ("http://a%2f/", "no host")),
        *(
            ("http://2130706433/", "disguise"),
            ("http://0x7f.1/", "disguise"),
            ("http://1.2.3/", "disg"),
        ),
        *(("http://a.example:22/", "port 22"), ("http://a.example:99999/", "address")),
        *(("http://a.example:0/", "port 0"), ("http://a.example/" + "x" * 5000, "characters")),
    ],
)
def test_what_is_no_address_of_a_web_page_is_refused(written: str, reason: str) -> None:
    with pytest.raises(NotFetched, match=reason):
        canonical(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("HTTP://A.Example", "http://a.example/"),
        ("https://a.example:443/x#part", "https://a.example/x"),
        ("http://a.example.:80/?q=1", "http://a.example/?q=1"),
        ("https://a.example:8443/x y", "https://a.example:8443/x%20y"),
        (
            "https://例子.example/页?问=答",
            "https://xn--fsqu00a.example/%E9%A1%B5?%E9%97%AE=%E7%AD%94",
        ),
        ("http://a.example/%E9%A1%B5", "http://a.example/%E9%A1%B5"),
        ("http://[2606:4700:0::1111]/", "http://[2606:4700::1111]/"),
        (" http://a_b.example/ ", "http://a_b.example/"),
    ],
)
def test_an_address_has_one_spelling(written: str, expected: str) -> None:
    assert canonical(written) == expected


def test_relative_addresses_are_resolved_against_their_page() -> None:
    assert canonical("../b?c", "http://a.example/x/y/z") == "http://a.example/x/b?c"
    assert canonical("//b.example", "https://a.example/") == "https://b.example/"


@given(st.text(), st.sampled_from(["", "http://", "https://a.example/", "//", "http://["]))
def test_any_text_is_an_address_or_is_refused(text: str, start: str) -> None:
    try:
        once = canonical(f"{start}{text}", "https://a.example/")
    except NotFetched:
        return
    assert once.isascii()
    assert canonical(once) == once


def test_origin_and_site_of_an_address() -> None:
    assert origin_of("https://www.a.example:8443/x") == "https://www.a.example:8443"
    assert site_of("https://www.a.example/x") == "a.example"


def test_messages_show_no_password() -> None:
    assert without_credentials("http://u:p@a.example/@b") == "http://a.example/@b"
