"""What prose rules must not touch in a text: code, addresses and paths, put out of their reach."""

import re
from collections.abc import Callable

_STAND_IN = "\ue000"  # of the private use area: no rule knows it, and no keyboard writes it
_REST = r"[^\s<>\"'`\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’]"
CODE = r"```.*?(?:```|\Z)|`[^`\n]+`"
ADDRESSES = (
    rf"\b[A-Za-z][A-Za-z0-9+.-]{{1,11}}://{_REST}*(?<![.,;:!?)])"
    rf"|\bwww\.{_REST}+(?<![.,;:!?)])"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|(?<!\S)(?:[A-Za-z]:\\|~?/)[\w./\\-]+(?<![.])"
)
_SIGNS = (_STAND_IN, "`", "://", "www.", "@", "/", "\\")
SHIELDED = re.compile(f"{_STAND_IN}|{CODE}|{ADDRESSES}", re.DOTALL)
FENCED = re.compile(rf"{_STAND_IN}|```.*?(?:```|\Z)", re.DOTALL)


def shielded(text: str, change: Callable[[str], str], what: re.Pattern[str]) -> str:
    """Change a text around what is shielded, which comes back to the letter.

    Args:
        text: of any length.
        change: sees one private character in place of each shielded part, and must keep it.
        what: finds the parts; its pattern must find that private character too.
    """
    if not any(sign in text for sign in _SIGNS) or not (kept := what.findall(text)):
        return change(text)
    parts = change(what.sub(_STAND_IN, text)).split(_STAND_IN)
    assert len(parts) == len(kept) + 1, "a rule has removed or repeated what is shielded"
    return "".join(piece for pair in zip(parts, [*kept, ""], strict=True) for piece in pair)
