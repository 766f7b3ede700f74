"""Internet addresses, version 4 and 6, that lead to somebody: none that are private or local."""

import re
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address

from luthier.data.personal.match import Match, before

# A pattern that opens with what it looks for, and looks back from there, is five times as fast.
_FOUR = re.compile(
    r"[0-9](?<![0-9A-Za-z_.][0-9])[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z_]|\.\d|-[0-9A-Za-z])"
)
_SIX = re.compile(
    r"[23](?<![0-9A-Za-z_:.][23])[0-9A-Fa-f]{0,3}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z_:])"
)
# Versions and numbers of sections have four parts too.
_NO_ADDRESS = re.compile(
    r"(?:\bv|\bver|version|revision|release|build|firmware|driver|section|chapter|§|版本?|第|章|节|[A-Za-z]/)"
    r"(?:号|\s*(?:is|was|为|是|to|from|至))?[\s.:：=]{0,3}\Z",
    re.IGNORECASE,
)


def hint(text: str) -> bool:
    """Whether it is worth looking."""
    return text.count(".") >= 3 or text.count(":") >= 3 or "．" in text


def find(text: str) -> Iterator[Match]:
    """All global addresses; what is called a version or a section is none."""
    for candidate in _FOUR.finditer(text):
        if not _NO_ADDRESS.search(before(text, candidate.start())):
            yield from _globals(candidate)
    if text.count(":") >= 3:
        for candidate in _SIX.finditer(text):
            yield from _globals(candidate)


def _globals(candidate: re.Match[str]) -> Iterator[Match]:
    try:
        address = ip_address(candidate[0])
    except ValueError:
        return
    # 2000::/3 is all there is of global unicast (RFC 4291): `_SIX` asks for it.
    if address.is_global and not (isinstance(address, IPv6Address) and address.is_multicast):
        yield Match(*candidate.span(), str(address))
