"""One value that was found in a text, and the words before it that say what it is."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Match(NamedTuple):
    """Where a value stands, and the value itself in the one form all ways to write it share."""

    start: int
    end: int
    value: str


Find = Callable[[str], Iterator[Match]]
"""Finds the values of one kind in a text, from left to right, without overlap."""

_WINDOW = 24
_NAMED = re.compile(
    r"(?:order|invoice|tracking|ticket|serial|isbn|issn|doi|imei|reference|ref|sku|upc|ean|batch|"
    r"version|model|\bpart|\bitem|\bcase|\bid|\bno|\bnr|#|"
    r"QQ|订单|单号|编号|流水号?|序列号?|型号|快递|运单|发票|工号|学号|群号|货号|批号|版本)"
    r"[号码]?(?:\s*(?:number|no|id|code|is|was|是|为))?[\s.:：#=]{0,4}\Z",
    re.IGNORECASE,
)


def before(text: str, start: int) -> str:
    """The end of what stands before a place, on its own line."""
    return text[max(0, start - _WINDOW) : start].rpartition("\n")[2]


def is_named_otherwise(text: str, start: int) -> bool:
    """Whether the words before a number say that it is an order, an invoice, a part and so on."""
    return _NAMED.search(before(text, start)) is not None
