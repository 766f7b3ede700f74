"""What stands in the place of a value: a tag, a pseudonym, nothing, or a bar for reports."""

import os
from hashlib import blake2b
from typing import Literal

from luthier.core.errors import UserError
from luthier.data.personal.finder import Found

Style = Literal["pseudonym", "tag", "remove"]

BAR = "█████"
"""What reports show for every value: neither its kind nor its length."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"  # without digits, no pseudonym looks like a number
_LENGTH = 8
_OWN_KEY = b"luthier: anybody can read this key"


def tag(found: Found) -> str:
    """The kind in brackets: `[EMAIL]`."""
    return f"[{found.kind.upper()}]"


class Pseudonyms:
    """Gives each value a name that is the same in every text, row, split and run.

    The name is made of the first 64 bits of the keyed BLAKE2b hash (RFC 7693) of kind and value,
    as eight letters: two of 10,000 values share one with a probability of 0.02 %. Nothing is
    remembered, so it is no matter in which order rows come.

    Args:
        variable: the environment variable that holds the key; without one the key is public, and
            who can list all possible values, such as all telephone numbers, can undo the names.

    Raises:
        UserError: the variable is not set.
    """

    def __init__(self, variable: str | None):
        secret = _OWN_KEY if variable is None else os.environ.get(variable, "").encode()
        if not secret:
            raise UserError(
                f"mask_personal_data.key: the environment variable {variable} is not set. "
                "Put a secret into it, the same one for every run."
            )
        self._key = blake2b(secret).digest()

    def __call__(self, found: Found) -> str:
        """The kind and the name, in brackets: `[EMAIL_qkzvbnre]`."""
        content = f"{found.kind}:{found.value}".encode("utf-8", "surrogatepass")
        number = int.from_bytes(blake2b(content, key=self._key, digest_size=8).digest(), "big")
        letters = []
        for _ in range(_LENGTH):
            number, place = divmod(number, len(_LETTERS))
            letters.append(_LETTERS[place])
        return f"[{found.kind.upper()}_{''.join(letters)}]"
