"""Which row goes to which split: by its own identity, so that new rows move no old one."""

import json
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from luthier.core.config import SplitSection
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.duplicates.repeats import NONE, Repeats

NAMES = ("train", "validation", "test")
TRAIN, VALIDATION, TEST = range(3)

NEAR_BOTH, NEAR_VALIDATION, NEAR_TEST, SAME_GROUP = -1, -2, -3, -4
REASONS: Mapping[int, str] = {
    NEAR_BOTH: "near-duplicate of rows in two splits",
    NEAR_VALIDATION: "near-duplicate of a validation row",
    NEAR_TEST: "near-duplicate of a test row",
    SAME_GROUP: "same group as a row of a split's own source",
}
"""Why a row is in no split, by the code that stands in place of a split's number."""

_GOLDEN = 0x9E3779B97F4A7C15
"""2^64 / golden ratio: the step of the Weyl sequence of lowest discrepancy."""


class Splitter:
    """Gives each row a split as it passes, and at the end parts what nearly repeats.

    By share: u = hash(seed, row id) in [0, 1) against the cumulative shares, test first, so that
    neither new rows nor another validation share moves a row into or out of test. With `group`
    the group's value is hashed instead of the id. With `stratify` the i-th row of a label has
    u = frac(u_0 + i / golden ratio): of any prefix every split holds its share of each label to
    within a few rows (3 of 10,000), and the first row of a label is always in train.

    Near-duplicates never straddle: a row that nearly repeats an earlier one takes its split; one
    that would join two splits is left out. Where the split of a row is not free to change (it came
    from the split's own source, or its group decides), the row is left out of train, or else of
    validation, never of test.
    """

    def __init__(self, section: SplitSection, seed: int):
        if section.group is not None and section.stratify:
            raise UserError("data.split: `group` and `stratify` cannot both hold. Choose one.")
        self.section = section
        self._seed = seed
        self._test = _share(section.test)
        self._held_out = self._test + _share(section.validation)
        self._codes = array("b")
        self._tied = array("b")
        self._drawn: dict[str, int] = {}
        self._owners: dict[bytes, tuple[int, int]] = {}
        self._causes: dict[int, int] = {}
        self.num_grouped = 0
        self._has_own_train_rows = False

    @property
    def names(self) -> tuple[str, ...]:
        """The splits there are: a share of 0 makes none."""
        section = {"validation": self.section.validation, "test": self.section.test}
        return tuple(name for name in NAMES if name == "train" or section[name] != 0)

    def add(self, row: Row, own: str | None = None) -> None:
        """Take in the next row; `own` is the split whose own source it came from.

        Rows of the splits' own sources come before all others, those of test first; only rows
        that are for training by themselves (`own` is `train`) come last.
        """
        group = None if self.section.group is None else row.get(self.section.group)
        if group is not None:
            self.num_grouped += 1
        if own is None:
            self._codes.append(self._choose(row, group))
            self._tied.append(self.section.group is not None)
        else:
            self._codes.append(NAMES.index(own))
            self._tied.append(True)
            self._has_own_train_rows |= own == "train"
        if group is not None:
            self._keep_group_whole(_digest(self._seed, _key(group)), own)

    def settle(self, repeats: Repeats) -> "Assignment":
        """Part what nearly repeats, now that all rows are known."""
        codes = np.asarray(self._codes)
        causes = np.full(len(codes), NONE, np.int32)
        for number, cause in self._causes.items():
            causes[number] = cause
        rows = Assignment(codes, causes, np.asarray(self._tied).astype(np.bool_))
        _leave_out_tied(rows, repeats, rows.tied)
        _follow_leaders(rows, repeats)
        if self._has_own_train_rows:
            _leave_out_tied(rows, repeats, np.ones_like(rows.tied))
        return rows

    def _choose(self, row: Row, group: object) -> int:
        if self.section.stratify:
            u = self._draw(_key(row.get("label")))
        else:
            u = _unit(_digest(self._seed, row.id if group is None else _key(group)))
        if u < self._test:
            return TEST
        return VALIDATION if u < self._held_out else TRAIN

    def _draw(self, label: str) -> float:
        position = self._drawn.get(label)
        if position is None:
            # u_0 lies in train's interval, so that no class is without a training row.
            start = _unit(_digest(self._seed, label))
            position = int((self._held_out + (1 - self._held_out) * start) * 2**64)
        self._drawn[label] = (position + _GOLDEN) % 2**64
        return (position >> 11) / 2**53

    def _keep_group_whole(self, group: bytes, own: str | None) -> None:
        """Leave the newest row out if its group belongs to a split's own source, not its own."""
        number = len(self._codes) - 1
        if own is not None:
            self._owners.setdefault(group, (self._codes[number], number))
        if group in self._owners:
            code, owner = self._owners[group]
            if own is None or code != self._codes[number]:
                self._codes[number] = SAME_GROUP
                self._causes[number] = owner


@dataclass(frozen=True, slots=True)
class Assignment:
    """What became of each of N rows.

    Attributes:
        codes: (N,) the number of its split in `NAMES`, or why it is in none, as in `REASONS`.
        causes: (N,) the row because of which it is in none; else NONE.
        tied: (N,) whether the row's own source or group decides its split.
    """

    codes: NDArray[np.int8]
    causes: NDArray[np.int32]
    tied: NDArray[np.bool_]


def _leave_out_tied(rows: Assignment, repeats: Repeats, firm: NDArray[np.bool_]) -> None:
    """Leave out tied rows that nearly repeat a firm row of a split that forbids it."""
    codes, tied = rows.codes, rows.tied
    for kept, reason in ((TEST, NEAR_TEST), (VALIDATION, NEAR_VALIDATION)):
        near = repeats.touching(firm & (codes == kept))[repeats.classes]
        out = tied & (codes >= TRAIN) & (codes < kept) & (near != NONE)
        codes[out] = reason
        rows.causes[out] = near[out]


def _follow_leaders(rows: Assignment, repeats: Repeats) -> None:
    codes, causes, tied = rows.codes, rows.causes, rows.tied
    earlier, later = repeats.links
    followers = repeats.classes != np.arange(len(codes))
    followers[later] = True
    for row in np.flatnonzero(followers & ~tied).tolist():
        first = int(repeats.classes[row])
        if first == row:
            start, end = np.searchsorted(later, [row, row + 1])
            leaders = earlier[start:end]
        elif codes[first] < TRAIN:  # whatever forbids the first of a class forbids them all
            codes[row], causes[row] = codes[first], causes[first]
            continue
        else:
            leaders = repeats.classes[row : row + 1]
        codes[row], causes[row] = _follow(int(codes[row]), leaders[codes[leaders] >= TRAIN], rows)


def _follow(own: int, leaders: NDArray[np.int32], rows: Assignment) -> tuple[int, int]:
    """The code and cause of a free row that nearly repeats these earlier rows."""
    owned = leaders[rows.tied[leaders]]
    if len(owned):
        code = int(rows.codes[owned].max())  # the test split forbids before the validation split
        cause = owned[rows.codes[owned] == code][0]
        return NEAR_TEST if code == TEST else NEAR_VALIDATION, int(cause)
    splits = set(rows.codes[leaders].tolist())
    if len(splits) > 1:
        return NEAR_BOTH, int(leaders[0])
    return (splits.pop() if splits else own), NONE


def _share(written: float | str) -> float:
    return 0.0 if isinstance(written, str) else written


def _key(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _digest(seed: int, key: str) -> bytes:
    return blake2b(f"{seed}:{key}".encode(), digest_size=8).digest()


def _unit(digest: bytes) -> float:
    return (int.from_bytes(digest, "big") >> 11) / 2**53
