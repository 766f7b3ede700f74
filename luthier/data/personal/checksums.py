"""The checksums of numbered cards and accounts, by python-stdnum."""

from datetime import date

from luthier.core.extras import extra

with extra("clean", "mask_personal_data"):
    from stdnum import iban, luhn
    from stdnum.cn import ric
    from stdnum.exceptions import ValidationError


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1, annex B."""
    return bool(luhn.is_valid(digits))


def is_iban(compact: str) -> bool:
    """Whether length and structure are those of its country and ISO 7064 mod 97-10 holds."""
    return bool(iban.is_valid(compact, check_country=False))


def is_chinese_id(compact: str) -> bool:
    """Whether the birthday is a date that was and ISO 7064 mod 11-2 holds (GB 11643)."""
    try:
        born = ric.get_birth_date(compact)
    except ValidationError:
        return False
    return born <= date.today() and ric.calc_check_digit(compact) == compact[-1]
