"""Every recipe that ships is valid and trains a few steps."""

import json
from pathlib import Path

import pytest

from luthier.cli.main import main
from luthier.core.config import read_recipe
from tests.stand_ins import write_stand_ins
from tests.stocked import stock_cache

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("**/*.yaml"))
NAMES = [path.stem for path in RECIPES]
# What is made smaller beside the steps: the tiny BERT reads 64 tokens, and each one written costs.
SHORTER = {
    "code": ["task.code_generation.max_new_tokens=8"],
    "emotions": [],
    "entities": ["model.max_length=64"],
    "intents": [],
    "questions": ["model.max_length=64"],
    "questions-zh": ["model.max_length=64"],
    "ratings": [],
    "reviews-zh": ["model.max_length=64"],
    "small-talk": ["task.chat.max_new_tokens=8"],
    "spam": ["model.max_length=64"],
    "spam-quick": ["model.max_length=64"],
    "summaries": ["task.summarization.max_new_tokens=8"],
    "translation-zh": ["task.translation.max_new_tokens=8"],
}


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory, tiny_bert: Path) -> Path:
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUTHIER_CACHE", str(cache))
        stock_cache(tiny_bert)
    return cache


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_stand_ins(tmp_path_factory.mktemp("stand_ins"))


def test_all_recipes_are_found() -> None:
    assert sorted(NAMES) == sorted(SHORTER)


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
    recipe: Path,
    stocked: Path,
    stand_ins: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    if recipe.stem == "code":
        request.getfixturevalue("sandbox")
    monkeypatch.setenv("LUTHIER_CACHE", str(stocked))
    monkeypatch.chdir(stand_ins)
    short = ["training.max_steps=3", f"run.folder={tmp_path / 'run'}", *SHORTER[recipe.stem]]
    sets = [word for setting in short for word in ("--set", setting)]
    assert main(["train", str(recipe), *sets]) == 0
    found = json.loads((tmp_path / "run/evaluation.json").read_text("utf-8"))
    assert found["rows"] > 10
    assert (tmp_path / "run/report.html").stat().st_size > 10_000
