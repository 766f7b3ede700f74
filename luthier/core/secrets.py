"""Secrets that stand in an address: a run writes its recipe down, so there may be none in it."""

import re

_VARIABLE = re.compile(r"\$\{\w+\}")
_OPTION = re.compile(r"[?&]\w*(?:password|passwd|pwd|secret|token)=([^&]*)", re.IGNORECASE)


def holds_secret(address: str, *, options: bool = False) -> bool:
    """Whether a password stands in an address: `postgresql://me:secret@host/db`.

    The name of an environment variable, `${DB_PASSWORD}`, is none.

    Args:
        address: a URL, also behind a prefix such as `sql:`; what is none holds no secret.
        options: look also at what stands behind `?`, by name: `?password=secret`.
    """
    authority = re.split(r"[/?#]", address.partition("://")[2], maxsplit=1)[0]
    user = authority.rpartition("@")[0] or _before_last_at(address)
    found = [user.partition(":")[2], *(_OPTION.findall(address) if options else ())]
    return any(secret and not _VARIABLE.fullmatch(secret) for secret in found)


def _before_last_at(address: str) -> str:
    """The user's part where the password itself holds a slash; a path that holds `@` has none."""
    before = address.partition("://")[2].rpartition("@")[0]
    return before if ":" in before.partition("/")[0] else ""


def unsecret(address: str, *, options: bool = False) -> str:
    """The address itself, as a validator of options and keys that a recipe holds.

    Raises:
        ValueError: a secret stands in it; the message does not hold it.
    """
    if holds_secret(address, options=options):
        raise ValueError(
            "a secret stands in it, and a run writes its recipe down: put the secret into an "
            "environment variable and name that, as in `postgresql://me:${DB_PASSWORD}@host/db`."
        )
    return address
