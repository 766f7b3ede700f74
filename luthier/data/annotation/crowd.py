"""What each item's answer most likely is, given everybody's: majority, or crowd-kit's models."""

import warnings
from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from luthier.core.extras import extra

if TYPE_CHECKING:
    import pandas as pd

Method = Literal["majority", "dawid_skene", "glad", "mace"]
"""Majority vote; a table of confusions for each person (Dawid and Skene 1979); how good each person
and how hard each item is (GLAD, Whitehill et al. 2009); who guesses (MACE, Hovy et al. 2013)."""

Vote = tuple[str, str, str]
"""Item, person, label."""
Shares = dict[str, dict[str, float]]
"""Item -> label -> its probability; those near zero are left out."""

_NOTHING = 1e-6


def posteriors(votes: list[Vote], method: Method) -> Shares:
    """The probability of each label of each item.

    Raises:
        UserError: the method needs crowd-kit, which is not installed.
    """
    if method == "majority" or not votes:
        return _majority(votes)
    with extra("annotate", f"Aggregating answers by {method}"):
        import pandas as pd
        from crowdkit.aggregation import GLAD, MACE, DawidSkene
    # crowd-kit seeds every restart of MACE alike: the other nine come to the same.
    mace = partial(MACE, n_restarts=1)
    models: dict[Method, Any] = {"dawid_skene": DawidSkene, "glad": GLAD, "mace": mace}
    frame = pd.DataFrame(votes, columns=["task", "worker", "label"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # crowd-kit 1.4 uses what pandas 3 gives up
        return _read(models[method]().fit(frame).probas_)


def _majority(votes: list[Vote]) -> Shares:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for item, _, label in votes:
        counts[item][label] += 1
    return {
        item: {label: count / counted.total() for label, count in counted.items()}
        for item, counted in counts.items()
    }


def _read(shares: "pd.DataFrame") -> Shares:
    labels = [str(label) for label in shares.columns]
    return {
        str(item): {
            label: share for label, share in zip(labels, row, strict=True) if share > _NOTHING
        }
        for item, row in zip(shares.index, shares.to_numpy().tolist(), strict=True)
    }
