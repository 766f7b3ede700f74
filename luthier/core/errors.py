"""What went wrong, in the words of whoever has to mend it: the user, the data, or us."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class LuthierError(Exception):
    """A mistake that is reported as sentences, without a traceback."""

    exit_code = 1


class UserError(LuthierError):
    """The user's mistake: one sentence with the place and the remedy. Exit code 1."""


class DataRefused(LuthierError):
    """Data that no honest model can come from, with the remedy for each fault. Exit code 2."""

    exit_code = 2

    def __init__(self, faults: Sequence[str]):
        self.faults = tuple(faults)
        super().__init__("The data cannot be trained on:\n" + "\n".join(f"  {f}" for f in faults))


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a recipe: the dotted path of the key, and a sentence."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class RecipeError(UserError):
    """All mistakes of a recipe, told at once."""

    def __init__(self, origin: str, mistakes: Sequence[Mistake]):
        self.origin = origin
        self.mistakes = tuple(mistakes)
        count = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}"
        super().__init__(f"{origin} has {count}:\n" + "\n".join(f"  {m}" for m in mistakes))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The half sentence that helps after a wrong name: the nearest right ones, else all of them."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"There is: {', '.join(names)}." if names else "There is nothing to choose from."


def silent(line: str) -> None:
    """Take a line for people and say nothing: the verbs' default when called from Python."""
