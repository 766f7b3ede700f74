"""What `prepare` is asked for: a recipe, a data section, or sources."""

from pathlib import Path

import pytest

from luthier.core.config import DataSection, read_recipe
from luthier.core.errors import RecipeError, UserError
from luthier.data.request import read_request

RECIPE = """\
task: text_classification
data: {source: mails.csv, split: {test: 0.3}}
model: {base: somewhere, max_length: 64}
run: {seed: 11, language: zh}
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "spam.yaml"
    path.write_text(RECIPE, "utf-8")
    return path


def test_a_recipe_file_gives_data_model_and_run(recipe: Path) -> None:
    asked = read_request(recipe)
    assert asked.data.source == ["mails.csv"]
    assert asked.model is not None
    assert asked.model.max_length == 64
    assert (asked.run.seed, asked.run.language) == (11, "zh")


def test_a_recipe_by_its_name_as_text_is_a_recipe_too(recipe: Path) -> None:
    assert read_request(str(recipe)) == read_request(recipe)


def test_a_recipe_without_task_and_model_will_do() -> None:
    assert read_request({"data": {"source": "mails.csv"}}).model is None


def test_a_recipe_that_was_read_already_is_taken_as_it_is(recipe: Path) -> None:
    assert read_request(read_recipe(recipe)).data == read_request(recipe).data


def test_a_data_section_will_do() -> None:
    section = DataSection.model_validate({"source": ["a.csv"]})
    assert read_request(section).data == section


def test_text_that_is_no_recipe_is_a_source() -> None:
    assert read_request("catalog:spam-mail").data.source == ["catalog:spam-mail"]


def test_a_list_is_of_sources() -> None:
    assert read_request(["a.csv", "b.csv"]).data.source == ["a.csv", "b.csv"]


def test_overrides_reach_the_recipe_that_sources_imply() -> None:
    asked = read_request(["a.csv"], ["data.clean=[fix_encoding]", "data.split.test=0.5"])
    assert asked.data.clean == ["fix_encoding"]
    assert asked.data.split.test == 0.5


def test_all_mistakes_are_told_at_once_with_the_recipes_name(recipe: Path) -> None:
    overrides = ["data.clean=[fix_encodings]", "data.split.tests=0.5"]
    with pytest.raises(RecipeError) as refused:
        read_request(recipe, overrides)
    assert refused.value.origin == str(recipe)
    assert "Did you mean `fix_encoding`" in str(refused.value)
    assert "Did you mean `test`" in str(refused.value)


def test_an_unknown_section_is_told() -> None:
    with pytest.raises(RecipeError, match="dat: no such option"):
        read_request({"dat": {}, "data": {"source": "a.csv"}})


def test_a_missing_recipe_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_request(tmp_path / "none.yaml")
