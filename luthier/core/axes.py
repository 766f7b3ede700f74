"""An axis of a chart: where a value lies between its ends, and the round numbers that mark it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis that begins and ends on a mark.

    Attributes:
        low: value at its beginning.
        high: value at its end; always above `low`.
        step: distance between two marks, one of 1, 2, 2.5, 5 times a power of ten.
    """

    low: float
    high: float
    step: float

    @classmethod
    def over(cls, values: Iterable[float], *, marks: int = 5, whole: bool = False) -> "Axis":
        """The axis with about `marks` marks that just holds all values; `whole` marks integers."""
        held = list(values)
        low, high = min(held), max(held)
        if low == high:
            margin = abs(low) / 10 or 1.0
            low, high = low - margin, high + margin
        step = _round_step((high - low) / marks, whole)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step, step)

    def share(self, value: float) -> float:
        """How far along the axis the value lies: 0 at its beginning, 1 at its end."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def marks(self) -> list[tuple[float, str]]:
        """The round values from `low` to `high`, each with its label."""
        count = round((self.high - self.low) / self.step)
        largest = max(abs(self.low), abs(self.high))
        return [
            (value, _label(value, self.step, largest))
            for value in (self.low + index * self.step for index in range(count + 1))
        ]


def _round_step(least: float, whole: bool) -> float:
    power = 10.0 ** _power(least)
    step = next(factor * power for factor in _ROUND_STEPS if factor * power >= least * 0.999)
    return math.ceil(step) if whole else step


def _power(value: float) -> int:
    return math.floor(math.log10(abs(value)))


def _label(value: float, step: float, largest: float) -> str:
    if abs(value) < step / 1000:
        return "0"
    if largest < 0.01:
        # Marks a step apart differ in the digit of the step, or (2.5) in the one behind it.
        digits = max(0, _power(value) - _power(step) + 1)
        mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
        shown = mantissa.rstrip("0").removesuffix(".") if "." in mantissa else mantissa
        return f"{shown}e{int(exponent)}".replace("-", "−")
    if step >= 1000:
        return f"{value / 1000:,.10g}k".replace("-", "−")
    decimals = 0 if step == int(step) else max(0, 2 - math.ceil(math.log10(step) + 1e-9))
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if decimals else text).replace("-", "−")
