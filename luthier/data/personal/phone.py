"""Telephone numbers by the plans of their countries (phonenumbers), and Chinese ones by sight."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, final

from luthier.core.errors import UserError, did_you_mean
from luthier.core.extras import extra
from luthier.data.personal.match import Match, before, is_named_otherwise

_SEPARATOR = r"(?: ?- ?|\.|\)-|[ ()]{1,3})?"
_CANDIDATE = re.compile(
    r"[+(0-9](?<![0-9A-Za-z_=.-][+(0-9])(?<![^0-9]/[+(0-9])\(?[0-9]?"
    rf"(?:{_SEPARATOR}[0-9]){{6,40}}+(?![A-Za-z_%])"
)
_CHINESE_MOBILE = re.compile(
    r"1[3-9](?:[0-9]{9}|[0-9][ -][0-9]{4}[ -][0-9]{4}|[0-9]{2}[ -][0-9]{3}[ -][0-9]{4})"
    r"(?![0-9A-Za-z_%]|[.-]\d|,\d{3}(?!\d))"
)
_COUNTRY_CODE = re.compile(r"\(?(?:\+|00)?86\)?[ -]?\Z")
_NO_BEGINNING = re.compile(r"(?:[0-9A-Za-z_.+-]|(?<!\d)/)\Z")
_YEAR, _MONTH, _DAY = r"(?:18|19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(
    rf"(?<!\d)(?:{_YEAR}([.\- ]?){_MONTH}\1{_DAY}|{_DAY}([.-]){_MONTH}\2{_YEAR}"
    rf"|{_YEAR}-{_YEAR})(?!\d)"
)
_FOUR_PARTS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_ONE_LAST = re.compile(r"\D\d\Z")  # the check digit of an ISBN, not the end of a number
_SPOKEN_OF = re.compile(
    r"(?:tel|phone|mobile|cell|call|fax|whats ?app|wechat|sms|text|contact|reach|dial|hotline|ring|"
    r"mob|电话|電話|手机|热线|传真|座机|联系|致电|拨打|来电|微信|短信|号码)[^\d\n]{0,16}\Z",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\s?(?:转|轉|分机号?)\s?\d{1,6}")
_AROUND = 6  # characters beside a candidate by which phonenumbers judges


@final
class Phone:
    """Finds numbers that are valid by a country's plan and are written or called as such.

    With a plus, with a trunk prefix, with brackets or hyphens, or as a Chinese mobile a number
    speaks for itself; bare or spaced digits are one only where the words before say so. Dates,
    and what is called an order, an invoice and the like, are none.

    Args:
        regions: countries, as ISO 3166 codes, by whose plans numbers without a plus are read.

    Raises:
        UserError: phonenumbers knows no such region, or is not installed.
    """

    def __init__(self, regions: Sequence[str]):
        with extra("clean", "mask_personal_data"):
            import phonenumbers

        for region in regions:
            if region not in phonenumbers.SUPPORTED_REGIONS:
                hint = did_you_mean(region, phonenumbers.SUPPORTED_REGIONS)
                raise UserError(f"mask_personal_data.regions: no region `{region}`. {hint}")
        self._matcher, self._valid = phonenumbers.PhoneNumberMatcher, phonenumbers.Leniency.VALID
        self._format, self._e164 = phonenumbers.format_number, phonenumbers.PhoneNumberFormat.E164
        self._chinese = "CN" in regions
        self._regions = regions or (None,)

    def __call__(self, text: str) -> Iterator[Match]:
        """All numbers of the text."""
        found = sorted(self._all(text))
        end = 0
        for match in found:
            if match.start >= end:
                end = match.end
                yield match

    def _all(self, text: str) -> Iterator[Match]:
        if self._chinese:
            mobiles = list(_mobiles(text))
            yield from mobiles
            text = blanked(text, mobiles)
        for candidate in _CANDIDATE.finditer(text):
            if not _is_promising(text, candidate):
                continue
            start = max(0, candidate.start() - _AROUND)
            window = text[start : candidate.end() + _AROUND]
            for region in self._regions:
                for found in self._matcher(window, region, self._valid):
                    if _stands_for_itself(text, start + found.start, found, region):
                        yield self._match(text, start + found.start, found)

    def _match(self, text: str, start: int, found: Any) -> Match:
        end = start + found.end - found.start
        value, extension = self._format(found.number, self._e164), _EXTENSION.match(text, end)
        return Match(start, extension.end() if extension else end, value)


def blanked(text: str, matches: Sequence[Match]) -> str:
    """The text with nothing to be found where something was, each character in its place."""
    if not matches:
        return text
    parts, done = [], 0
    for match in matches:
        parts += [text[done : match.start], "\0" * (match.end - match.start)]
        done = match.end
    return "".join([*parts, text[done:]])


def _mobiles(text: str) -> Iterator[Match]:
    for found in _CHINESE_MOBILE.finditer(text):
        start = found.start()
        code = _COUNTRY_CODE.search(text, max(0, start - 7), start)
        if code is not None:
            start = code.start()
        if _NO_BEGINNING.search(text, max(0, start - 1), start):
            continue
        if _is_spoken_of(text, start) or not (
            text[start - 1 : start] == "=" or is_named_otherwise(text, start)
        ):
            yield Match(start, found.end(), "+86" + re.sub("[ -]", "", found[0]))


def _is_promising(text: str, candidate: re.Match[str]) -> bool:
    """Whether it is worth asking phonenumbers, which takes a thousand times as long."""
    raw = candidate[0]
    if _DATE.fullmatch(raw) or _FOUR_PARTS.fullmatch(raw):
        return False
    if raw.startswith(("+", "0")) or any(sign in raw for sign in "-()") or raw.count(".") > 1:
        return True
    return " 0" in raw or _is_spoken_of(text, candidate.start())


def _stands_for_itself(text: str, start: int, found: Any, region: str | None) -> bool:
    raw: str = found.raw_string
    if _FOUR_PARTS.search(raw):
        return False
    if _is_spoken_of(text, start):
        return not _DATE.match(raw)
    if is_named_otherwise(text, start):
        return False
    if raw.startswith("+"):
        return True
    if _DATE.search(raw) or raw.count(".") == 1 or _ONE_LAST.search(raw):
        return False
    if raw.isdigit():
        return region == "CN" and raw.startswith("0") and len(raw) >= 11
    return any(sign in raw for sign in "-().") or raw.startswith("0")


def _is_spoken_of(text: str, start: int) -> bool:
    return _SPOKEN_OF.search(before(text, start)) is not None
