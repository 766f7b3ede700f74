"""Names of users, and passwords, in URLs: of profiles and of those who sign in."""

import re
from collections.abc import Iterator

from luthier.data.personal.match import Match

_SCHEME = r"(?:https?|ftp|ssh|wss?|[a-z]{2,12}sql|mongodb|redis)://"
_SIGNED_IN = rf"{_SCHEME}([^\s/@:?#<>\"']{{1,64}}(?::[^\s/@?#<>\"']{{0,128}})?)@"
_PROFILE = (
    r"(?:https?://|\bwww\.)[\w.-]{4,200}(?::\d{2,5})?/"
    r"(?:@|~|(?:u|user|users|people|profile|in|space|member|members|author)/)([\w.%+-]{2,64})"
)
_SOCIAL = (
    r"(?:https?://|\bwww\.|\b)(?:www\.|m\.)?"
    r"(?:github|gitlab|gitee|twitter|x|instagram|facebook|weibo|tiktok|t)\.(?:com|me)/"
    r"(?!(?:search|explore|login|about|topics|hashtag|share|intent|home|features|orgs)\b)"
    r"(?:u/)?@?([\w.-]{2,64})"
)
_URL = re.compile(f"{_SIGNED_IN}|{_PROFILE}|{_SOCIAL}", re.IGNORECASE)


def hint(text: str) -> bool:
    """Whether it is worth looking."""
    return "/" in text


def find(text: str) -> Iterator[Match]:
    """The names alone; the rest of each URL stays."""
    for url in _URL.finditer(text):
        group = url.lastindex
        assert group is not None, "one of the three names has matched"
        yield Match(*url.span(group), url[group].lower())
