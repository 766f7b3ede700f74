"""What reports call each kind of personal data."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "user_url": "user names in URLs",
        "email": "mail addresses",
        "iban": "IBANs",
        "id_card": "ID cards",
        "bank_card": "bank cards",
        "ip_address": "IP addresses",
        "phone": "telephone numbers",
    }
)
_STEP = "mask_personal_data"


def personal_data(steps: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The part `personal` of report.json; None if no step looked for any.

    Args:
        steps: as report.json tells them.

    Returns:
        `rows`: how many were changed or dropped. `kinds`: title -> values masked; never a value.
    """
    found = [step for step in steps if step["name"] == _STEP]
    if not found:
        return None
    kinds = {
        title: count
        for title in TITLES.values()
        if (count := sum(step["notes"].get(title, 0) for step in found))
    }
    rows = sum(step["changed"] + sum(step["dropped"].values()) for step in found)
    return {"rows": rows, "kinds": kinds}
