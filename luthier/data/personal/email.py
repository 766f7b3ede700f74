"""Mail addresses, also with [at] for @ and in full-width letters."""

import re
from collections.abc import Iterator

from luthier.data.personal.match import Match

_LATIN = "A-Za-z0-9À-ÖØ-öø-ɏ"
_DISGUISES = ("[at]", "(at)", "[AT]", "(AT)", "[ at ]", "( at )")
_AT, _ANY_AT = re.compile("@"), re.compile(r"@|\s?[\[(]\s?(?:at|AT)\s?[\])]\s?")
_DOT = r"(?:\.|\s?[\[(]\s?(?:dot|DOT)\s?[\])]\s?)"
_LOCAL = re.compile(rf"[{_LATIN}_](?:[{_LATIN}._%+'&-]{{0,62}}[{_LATIN}_+-])?\Z")
_LONGEST_LOCAL = 64
_DOMAIN = re.compile(
    rf"((?:[{_LATIN}](?:[{_LATIN}-]{{0,61}}[{_LATIN}])?{_DOT}){{1,8}})([A-Za-z]{{2,24}})(?![{_LATIN}_-])"
)
# Names of pictures for screens of double density look like addresses: icon@2x.png.
_SUFFIXES = re.compile("png|jpe?g|gif|svg|webp|bmp|css|js|json|html?|php|pdf|txt|csv|xml|yaml|yml")
_ANY_DOT = re.compile(_DOT)


def hint(text: str) -> bool:
    """Whether it is worth looking."""
    return "@" in text or "＠" in text or _is_disguised(text)


def find(text: str) -> Iterator[Match]:
    """All addresses whose domain ends like one; `git@host:path` names a repository."""
    done = 0
    for at in (_ANY_AT if _is_disguised(text) else _AT).finditer(text):
        floor = max(done, at.start() - _LONGEST_LOCAL)
        local = _LOCAL.search(text[floor : at.start()])
        domain = _DOMAIN.match(text, at.end())
        if local is None or domain is None or _SUFFIXES.fullmatch(domain[2].lower()):
            continue
        if local[0] == "git" and text[domain.end() : domain.end() + 1] in (":", "/"):
            continue
        done = domain.end()
        host = _ANY_DOT.sub(".", domain[1]) + domain[2]
        yield Match(floor + local.start(), done, f"{local[0]}@{host}".lower())


def _is_disguised(text: str) -> bool:
    return any(disguise in text for disguise in _DISGUISES)
