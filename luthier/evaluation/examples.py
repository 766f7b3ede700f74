"""A few answers drawn at random, from any number of predictions in one pass."""

import random
from collections.abc import Iterable

from luthier.evaluation.mistakes import Prediction


def random_examples(predictions: Iterable[Prediction], keep: int) -> list[Prediction]:
    """Draw `keep` predictions, each equally likely, in their order; the same ones every time.

    Reservoir sampling (Vitter, 1985, algorithm R): memory does not grow with the rows.
    """
    draw = random.Random(0)
    held: list[tuple[int, Prediction]] = []
    for row, prediction in enumerate(predictions):
        if len(held) < keep:
            held.append((row, prediction))
        elif (place := draw.randrange(row + 1)) < keep:
            held[place] = (row, prediction)
    return [prediction for _, prediction in sorted(held, key=lambda one: one[0])]
