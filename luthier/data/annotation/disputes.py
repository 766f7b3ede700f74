"""Items that people do not agree on, handed out to be decided, the worst first."""

from typing import final

from luthier.data.annotation.ledger import Ledger


@final
class Disputes:
    """Who decides what: two people at the same time never get the same item."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger
        self._postponed: dict[str, set[int]] = {}
        self._deciding: dict[str, int] = {}

    def next(self, by: str) -> int | None:
        """The item people disagree most about; None if there is none that is left to this person.

        Not left are those in others' hands, and those this person postponed.
        """
        taken = {number for other, number in self._deciding.items() if other != by}
        dispute = self._ledger.dispute.copy()
        dispute[list(taken | self._postponed.get(by, set()))] = 0
        number = int(dispute.argmax())
        self._deciding.pop(by, None)
        if not dispute[number]:
            return None
        self._deciding[by] = number
        return number

    def decided(self, by: str) -> None:
        """A person decided what they had before them."""
        self._deciding.pop(by, None)

    def postpone(self, by: str, number: int) -> None:
        """A person leaves an item for later, or for others."""
        self._postponed.setdefault(by, set()).add(number)
        self._deciding.pop(by, None)
