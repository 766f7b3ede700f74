"""Chinese identity cards: 18 places with birthday and check digit."""

import re
from collections.abc import Iterator

from luthier.data.personal.checksums import is_chinese_id
from luthier.data.personal.match import Match

# Province, city and county, then birthday, then sequence and check digit.
_CANDIDATE = re.compile(
    r"[1-8](?<![0-9A-Za-z][1-8])[0-9]{5}[ -]?(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9][ -]?"
    r"[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")


def find(text: str) -> Iterator[Match]:
    """All numbers whose province, birthday and check digit are right."""
    for candidate in _CANDIDATE.finditer(text):
        number = candidate[0].replace(" ", "").replace("-", "").upper()
        if _PROVINCE.match(number) and is_chinese_id(number):
            yield Match(*candidate.span(), number)
