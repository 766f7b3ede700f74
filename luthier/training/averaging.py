"""Who keeps an average of the weights beside those that training moves."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Averaging(Protocol):
    """An optimizer or a callback whose average is judged, kept and saved in place of the weights.

    Training goes on with the weights as they were, bit for bit: how often a run is judged has no
    influence on where it goes.
    """

    def eval(self) -> None:
        """Put the average into the model."""

    def train(self) -> None:
        """Put the weights that training moves back, if the average lies in the model."""
