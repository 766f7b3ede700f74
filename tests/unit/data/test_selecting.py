"""Selection in `prepare`: training rows only, after the split, all counted."""

from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import RecipeError, UserError
from luthier.data.dataset import Dataset
from luthier.data.prepare import prepare
from luthier.data.selecting import Selecting
from tests.datasets import distinct, write_rows
from tests.pools import Lender, pool_of


def spelled() -> list[dict[str, Any]]:
    """Rows of words without digits, which augmenters may change."""
    words = ["river", "stone", "cloud", "apple", "chair", "piano", "tiger", "lemon", "paper"]
    ends = [chr(97 + n % 26) + chr(97 + n // 26) for n in range(80)]
    return [{"text": " ".join(word + end for word in words), "label": end[1]} for end in ends]


def made(folder: Path, select: Any = None, rows: Any = None, **data: Any) -> Dataset:
    folder.mkdir(exist_ok=True)
    source = write_rows(folder / "rows.jsonl", rows or distinct(80))
    wanted = {} if select is None else {"select": select}
    recipe = {"data": {"source": source, **wanted, **data}, "model": {"base": "letters"}}
    models: Any = Lender()
    return prepare(recipe, folder / "made", check=False, models=models)


@pytest.fixture
def plain(tmp_path: Path) -> Dataset:
    return made(tmp_path / "plain")


def test_only_training_rows_are_chosen_from(plain: Dataset, tmp_path: Path) -> None:
    chosen = made(tmp_path / "chosen", {"random": {"share": 0.5}})
    assert chosen.num_rows("train") == round(plain.num_rows("train") / 2)
    assert set(chosen.ids("train")) < set(plain.ids("train"))
    for split in ("validation", "test"):
        assert list(chosen.ids(split)) == list(plain.ids(split))


def test_chosen_rows_keep_their_order(plain: Dataset, tmp_path: Path) -> None:
    chosen = list(made(tmp_path / "chosen", {"random": {"count": 9}}).ids("train"))
    assert chosen == [id for id in plain.ids("train") if id in chosen]


def test_a_row_that_is_not_chosen_is_accounted_for(plain: Dataset, tmp_path: Path) -> None:
    chosen = made(tmp_path / "chosen", {"diverse": {"count": 9}})
    fates = [fate for fate in chosen.dropped() if fate.step == "select"]
    assert {fate.reason for fate in fates} == {"not chosen by diverse"}
    assert {fate.id for fate in fates} == set(plain.ids("train")) - set(chosen.ids("train"))


def test_the_report_counts_the_step(plain: Dataset, tmp_path: Path) -> None:
    chosen = made(tmp_path / "chosen", {"random": {"count": 9}})
    split, select = chosen.report["steps"][-2:]
    assert (split["name"], select["name"]) == ("split", "select")
    assert (select["rows_in"], select["rows_out"]) == (split["rows_out"], len(chosen))
    assert select["dropped"] == {"not chosen by random": plain.num_rows("train") - 9}


def test_without_selectors_there_is_no_such_step(plain: Dataset) -> None:
    assert plain.report["steps"][-1]["name"] == "split"


def test_selectors_choose_one_after_another(tmp_path: Path) -> None:
    select = [{"random": {"count": 20}}, {"balanced": {"count": 6}}]
    chosen = made(tmp_path / "chosen", select)
    assert chosen.num_rows("train") == 6
    dropped = chosen.report["steps"][-1]["dropped"]
    assert dropped["not chosen by balanced"] == 14


def test_only_chosen_rows_are_augmented(tmp_path: Path) -> None:
    augment = [{"swap_words": {"share": 1.0}}]
    chosen = made(tmp_path / "chosen", {"random": {"count": 9}}, spelled(), augment=augment)
    collected = list(chosen.ids("train"))[:9]
    parents = {row.derived_from[-1] for row in chosen.rows("train") if row.derived_from}
    assert chosen.num_added("train") == 9
    assert parents == set(collected)


def test_all_mistakes_of_a_selector_are_told_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"data\.select\.random\.share"):
        made(tmp_path / "chosen", {"random": {"share": 2}})


def test_a_selector_without_budget_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"data\.select\.random: give the budget"):
        prepare({"data": {"source": str(tmp_path / "none"), "select": "random"}}, tmp_path / "made")


def test_tokens_are_those_of_the_recipes_model(tmp_path: Path) -> None:
    chosen = made(tmp_path / "chosen", {"random": {"tokens": 70}})
    assert chosen.num_rows("train") == 11  # of six words each


def test_no_training_rows_leave_nothing_to_choose(tmp_path: Path) -> None:
    pool = pool_of([], tmp_path)
    assert len(Selecting([{"diverse": {"count": 3}}]).codes(pool)) == 0
