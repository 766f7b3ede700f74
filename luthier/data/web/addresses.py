"""Which addresses may be asked: http and https, and hosts of the public internet only."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urljoin, urlsplit

from luthier.core.extras import extra
from luthier.data.web.page import NotFetched

_PORTS = {"http": 80, "https": 443}
_LOWEST_OTHER_PORT = 1024
MAX_LENGTH = 4000
"""Characters of an address; no server takes longer ones."""
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_IN_PATH = "/%:@!$&'()*+,;=~"
_CREDENTIALS = re.compile(r"(?<=//)[^/?#\s]*@")

# What the registries of special addresses (RFC 6890) list and `is_global` lets pass, or has let
# pass in some version of Python; and what wraps other addresses (6to4, Teredo).
_NOT_PUBLIC_4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2002::/16", "3fff::/20")))
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def canonical(written: str, base: str = "") -> str:
    """One spelling for each address: small host in ASCII, no default port, no fragment.

    Args:
        written: an address, perhaps relative to `base`, perhaps with letters of any script.
        base: where it was found.

    Raises:
        NotFetched: it is no address of a web page, names a user or a password, spells a number
            as a host in a disguise (octal, hexadecimal, short), or has a port of other services.
    """
    try:
        parts = urlsplit(urljoin(base, written.strip()))
        port = parts.port
    except ValueError:
        raise NotFetched("not an address of a web page") from None
    if parts.scheme not in _PORTS:
        raise NotFetched("its address begins neither with http:// nor with https://")
    if "@" in parts.netloc:
        raise NotFetched("its address holds a user name or a password")
    host = _host(parts.hostname or "")
    if port in (None, _PORTS[parts.scheme]):
        place = host
    elif port == 0 or (port < _LOWEST_OTHER_PORT and port not in _PORTS.values()):
        raise NotFetched(f"port {port} is no port of web servers")
    else:
        place = f"{host}:{port}"
    if len(written) > MAX_LENGTH:
        raise NotFetched(f"its address has more than {MAX_LENGTH:,} characters")
    path = quote(parts.path, safe=_IN_PATH, errors="replace") or "/"
    query = quote(parts.query, safe=f"{_IN_PATH}?", errors="replace")
    return f"{parts.scheme}://{place}{path}{'?' if query else ''}{query}"


def _host(name: str) -> str:
    if ":" in name:
        try:
            return f"[{IPv6Address(name).compressed}]" if "%" not in name else _no_host()
        except ValueError:
            _no_host()
    name = (name if name.isascii() else _ascii(name)).removesuffix(".")
    if not _HOST.fullmatch(name) or ".." in name:
        _no_host()
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        try:
            return str(IPv4Address(name))
        except ValueError:
            raise NotFetched("its host is a number in disguise") from None
    return name


def _no_host() -> str:
    raise NotFetched("its address has no host, or one that no name can be")


def _ascii(name: str) -> str:
    with extra("collect", "An address in another script"):
        import idna
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return _no_host()


def origin_of(url: str) -> str:
    """Scheme, host and port of a canonical address: what one robots.txt rules."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def site_of(url: str) -> str:
    """The host of a canonical address, `www.` left out."""
    return urlsplit(url).netloc.removeprefix("www.")


def without_credentials(written: str) -> str:
    """The address as messages may show it: what stands before an `@` in its host is left out."""
    return _CREDENTIALS.sub("", written)


def is_public(address: str) -> bool:
    """Whether a numerical IP address belongs to the public internet.

    Not so: private, loopback, link-local, multicast, reserved and shared addresses, and those of
    IPv6 that wrap one of these (IPv4-mapped, NAT64) or wrap at all (6to4, Teredo).
    """
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        return ip.is_global and ip in _UNICAST and not any(ip in net for net in _NOT_PUBLIC_6)
    wrapped = any(ip in net for net in _NOT_PUBLIC_4)
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or wrapped)
