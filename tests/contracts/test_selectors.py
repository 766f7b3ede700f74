"""What every selector of the menu keeps to."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from luthier.core.errors import UserError
from luthier.core.registry import Menu
from luthier.data.selection.pool import Pool
from luthier.data.selector import Selector
from tests.pools import pool_of

MENU = Menu("luthier.data.selectors")
ALL = MENU.names()
CHANCE = ["random", "balanced", "diverse", "domain", "distinct"]
SIZE = 60


def rows(count: int = SIZE, start: int = 0) -> list[dict[str, Any]]:
    """Rows that differ in letters, length, label and answer."""
    dice = np.random.default_rng(start + 1)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    texts = ["".join(dice.choice(letters, 3 + n % 7)) + f" {start + n} 词" for n in range(count)]
    return [
        {"text": text, "label": "abc"[n % 3], "prompt": text, "completion": f"{text} {text} yes"}
        for n, text in enumerate(texts)
    ]


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    return pool_of(rows(), tmp_path, rows(12, start=SIZE))


@pytest.fixture
def run(tmp_path: Path, pool: Pool) -> str:
    """The folder of a run that recorded its dynamics."""
    dice = np.random.default_rng(0)
    ids = [row.id for row in pool.rows()]
    columns = {name: dice.random(len(ids)) for name in ("confidence", "variability")}
    pq.write_table(pa.table({"ids": ids, **columns}), tmp_path / "dynamics.parquet")
    return str(tmp_path)


def build(name: str, run: str, **more: Any) -> Selector:
    needed: dict[str, dict[str, Any]] = {
        "quality": {"run": run, "labels": ["good"]},
        "cartography": {"run": run},
        "distinct": {"threshold": 1.0},
    }
    made: Selector = MENU.build({name: {**needed.get(name, {}), **more}})
    return made


def test_the_selectors_of_the_menu_are_tested_here() -> None:
    assert len(ALL) == 9


@pytest.mark.parametrize("name", ALL)
def test_a_selector_says_in_a_sentence_what_it_does(name: str) -> None:
    assert MENU.summary(name).endswith(".")


@pytest.mark.parametrize("name", ALL)
def test_a_selector_has_the_budgets_of_all(name: str) -> None:
    assert {"count", "share", "tokens"} <= set(MENU.schema(name).model_fields)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("count", [1, 17, SIZE])
def test_a_count_is_kept_exactly_by_rows_that_are_there_once(
    name: str, count: int, pool: Pool, run: str
) -> None:
    chosen = build(name, run, count=count).select(pool)
    assert len(chosen) == len(set(chosen.tolist())) == count
    assert 0 <= chosen.min() <= chosen.max() < SIZE


@pytest.mark.parametrize("name", ALL)
def test_a_share_is_of_the_rows(name: str, pool: Pool, run: str) -> None:
    assert len(build(name, run, share=0.3).select(pool)) == 18


@pytest.mark.parametrize("name", ALL)
def test_tokens_are_never_more_than_the_budget_and_nearly_all_of_it(
    name: str, pool: Pool, run: str
) -> None:
    lengths = pool.lengths()
    spent = lengths[build(name, run, tokens=100).select(pool)].sum()
    assert 100 - lengths.max() < spent <= 100


@pytest.mark.parametrize("name", ALL)
def test_more_budget_keeps_what_was_chosen_with_less(name: str, pool: Pool, run: str) -> None:
    few, many = (build(name, run, count=count).select(pool).tolist() for count in (9, 30))
    assert many[:9] == few


@pytest.mark.parametrize("name", ALL)
def test_the_same_seed_chooses_the_same_rows(
    name: str, pool: Pool, run: str, tmp_path: Path
) -> None:
    again = pool_of(rows(), tmp_path, rows(12, start=SIZE))
    first, second = (build(name, run, count=20).select(one) for one in (pool, again))
    assert first.tolist() == second.tolist()


@pytest.mark.parametrize("name", CHANCE)
def test_another_seed_chooses_other_rows(name: str, pool: Pool, run: str, tmp_path: Path) -> None:
    other = pool_of(rows(), tmp_path, rows(12, start=SIZE), seed=8)
    first, second = (set(build(name, run, count=20).select(one).tolist()) for one in (pool, other))
    assert first != second


@pytest.mark.parametrize("name", ALL)
def test_a_budget_beyond_the_rows_takes_them_all(name: str, pool: Pool, run: str) -> None:
    assert len(build(name, run, count=1000).select(pool)) == SIZE


@pytest.mark.parametrize("name", ALL)
def test_two_budgets_are_refused(name: str, run: str) -> None:
    with pytest.raises(UserError, match="one of `count`, `share`"):
        build(name, run, count=3, share=0.5)


@pytest.mark.parametrize("name", [name for name in ALL if name != "distinct"])
def test_no_budget_is_refused(name: str, run: str) -> None:
    with pytest.raises(UserError, match="one of `count`, `share`"):
        build(name, run)


@pytest.mark.parametrize("name", ["diverse", "distinct", "influence", "difficulty"])
def test_a_selector_that_needs_a_model_says_so(name: str, run: str, tmp_path: Path) -> None:
    nameless = pool_of(rows(), tmp_path, rows(12, start=SIZE), model=None)
    with pytest.raises(UserError, match=r"needs a model.*model\.base"):
        build(name, run, count=3).select(nameless)
