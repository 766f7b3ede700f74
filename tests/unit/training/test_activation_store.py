import os
from pathlib import Path

import numpy as np
import pytest

from luthier.core.cache import cache_folder
from luthier.training.activation_store import ActivationStore, Found

WIDTH = 4


def store(name: str = "one") -> ActivationStore:
    folder = cache_folder() / "prefix" / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("activations", "index"):
        (folder / file).touch()
    return ActivationStore(folder, np.dtype(np.float16), WIDTH)


def found(**lengths: int) -> Found:
    """Examples by name, whose activations are their name's first letter's number."""
    keys = np.array(list(lengths), "S32")
    flat = np.concatenate([np.full((n, WIDTH), ord(k[0]), np.float16) for k, n in lengths.items()])
    return keys, np.array(list(lengths.values())), flat


def read(one: ActivationStore, *names: str, lengths: list[int]) -> list[float]:
    rows = np.arange(len(names))
    padded = one.look_up(np.array(names, "S32")).padded(rows, np.array(lengths))
    assert padded.shape == (len(names), max(lengths), WIDTH)
    return [float(x) for x in padded[:, 0, 0]]


def test_what_was_appended_is_found_in_any_order() -> None:
    one = store()
    one.append([found(a=3, b=2), found(c=1)])
    one.append([found(d=2)])
    assert read(one, "d", "a", "c", "d", lengths=[2, 3, 1, 2]) == [100, 97, 99, 100]


def test_only_what_is_not_there_is_missing_and_each_once() -> None:
    one = store()
    one.append([found(a=3)])
    assert one.missing(np.array(["b", "a", "c", "b"], "S32")).tolist() == [0, 2]


def test_what_a_killed_process_left_is_no_part_of_it() -> None:
    one = store()
    one.append([found(a=3)])
    with (one.folder / "activations").open("ab") as file:
        file.write(b"x" * 99)
    with (one.folder / "index").open("ab") as file:
        file.write(b"half a record")
    one.append([found(b=2)])
    assert one.missing(np.array(["a", "b"], "S32")).tolist() == []
    assert read(one, "b", "a", lengths=[2, 3]) == [98, 97]


def test_padding_repeats_the_end() -> None:
    one = store()
    keys, lengths, flat = found(a=2, b=1)
    flat[1] = 5
    one.append([(keys, lengths, flat)])
    padded = one.look_up(keys).padded(np.array([0, 1]), lengths)
    assert padded[:, :, 0].tolist() == [[97, 5], [98, 98]]


def test_stores_longest_unused_make_room() -> None:
    old, older, one = store("old"), store("older"), store()
    for other, when in ((old, 2_000), (older, 1_000)):
        other.append([found(a=10)])
        os.utime(other.folder, (when, when))
    assert one.make_room(80, budget=250)
    assert [old.folder.exists(), older.folder.exists()] == [True, False]


@pytest.mark.parametrize("budget", [79, 0])
def test_what_is_beyond_the_budget_has_no_room_and_costs_no_other_its_own(budget: int) -> None:
    other, one = store("other"), store()
    other.append([found(a=10)])
    assert not one.make_room(80, budget)
    assert other.folder.exists()


def test_what_is_beyond_the_disk_has_no_room() -> None:
    assert not store().make_room(10**18, budget=10**19)


def test_bytes_are_those_on_disk(tmp_path: Path) -> None:
    one = store()
    one.append([found(a=3, b=2)])
    assert one.bytes_for(5) == (one.folder / "activations").stat().st_size
