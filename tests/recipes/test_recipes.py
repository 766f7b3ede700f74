"""Every recipe that ships is valid and trains a few steps."""

import json
from pathlib import Path

import pytest

from luthier.cli.main import main
from luthier.core.config import read_recipe
from tests.stocked import stock_cache

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("**/*.yaml"))
NAMES = [path.stem for path in RECIPES]


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory, tiny_bert: Path) -> Path:
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUTHIER_CACHE", str(cache))
        stock_cache(tiny_bert)
    return cache


def test_all_recipes_are_found() -> None:
    assert sorted(NAMES) == ["reviews-zh", "spam", "spam-quick"]


@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES)
def test_a_recipe_says_how_it_is_run_and_what_its_lines_move(recipe: Path) -> None:
    lines = recipe.read_text("utf-8").splitlines()
    assert lines[0].startswith(f"# luthier train recipes/{recipe.name}")
    assert sum("#" in line for line in lines[1:]) >= 5


@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES)
def test_a_recipe_writes_its_run_under_its_own_name(recipe: Path) -> None:
    assert read_recipe(recipe).run.folder == f"runs/{recipe.stem}"


@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES)
def test_a_recipe_trains_a_few_steps(
    recipe: Path, stocked: Path, tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUTHIER_CACHE", str(stocked))
    short = ["training.max_steps=3", "model.max_length=64", f"run.folder={tmp_path / 'run'}"]
    if recipe.stem == "reviews-zh":
        short.append(f"model.base={tiny_bert}")
    sets = [word for setting in short for word in ("--set", setting)]
    assert main(["train", str(recipe), *sets]) == 0
    found = json.loads((tmp_path / "run/evaluation.json").read_text("utf-8"))
    assert found["rows"] > 10
    assert (tmp_path / "run/report.html").stat().st_size > 10_000
