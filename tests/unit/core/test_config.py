from pathlib import Path
from typing import Any

import pytest

from luthier.core.config import MENUS, read_recipe, write_recipe
from luthier.core.errors import RecipeError, UserError
from luthier.core.yaml import load_yaml, parse_value

MINIMAL: dict[str, Any] = {
    "task": "text_classification",
    "data": {"source": "mails.csv"},
    "model": {"base": "catalog:minilm"},
}


def mistakes(recipe: dict[str, Any], *overrides: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        read_recipe(recipe, overrides)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_three_keys_are_enough() -> None:
    assert read_recipe(MINIMAL).training.batch_size == 32


def test_every_default_is_written_out() -> None:
    resolved = read_recipe(MINIMAL).resolved()
    assert resolved["training"]["optimizer"]["adamw"]["beta2"] == 0.999
    assert resolved["callbacks"] == [{"keep_best": {"metric": None}}]


def test_a_resolved_recipe_reads_back_as_itself(tmp_path: Path) -> None:
    text = write_recipe(read_recipe(MINIMAL | {"run": {"folder": "runs/a"}}))
    path = tmp_path / "recipe.yaml"
    path.write_text(text, "utf-8")
    assert write_recipe(read_recipe(path)) == text


def test_a_recipe_without_its_required_keys_names_them_all() -> None:
    assert mistakes({}) == [
        "task: is required.",
        "data: is required.",
        "model: is required.",
    ]


def test_all_mistakes_are_told_at_once_with_the_nearest_right_names() -> None:
    found = mistakes(
        {
            "task": "text_clasification",
            "data": {"sauce": "a.csv", "source": "a.csv", "clean": ["fix_encodin"]},
            "model": {"base": "catalog:minilm", "max_length": "long"},
            "adapter": {"top_layers": {"counts": 2}},
            "trainning": {},
        }
    )
    assert len(found) == 6
    text = "\n".join(found)
    for hint in ("text_classification", "source", "fix_encoding", "count", "training"):
        assert f"Did you mean `{hint}`?" in text
    assert "model.max_length: input should be a valid integer" in text


def test_an_override_goes_over_the_recipe() -> None:
    assert read_recipe(MINIMAL, ["training.num_epochs=1"]).training.num_epochs == 1


def test_an_override_reaches_the_options_of_a_choice() -> None:
    recipe = read_recipe(MINIMAL | {"adapter": "top_layers"}, ["adapter.top_layers.count=1"])
    assert recipe.resolved()["adapter"] == {"top_layers": {"count": 1}}


def test_an_override_of_an_unknown_key_is_a_mistake() -> None:
    (found,) = mistakes(MINIMAL, "training.learning_rat=1")
    assert found == "training.learning_rat: no such option. Did you mean `learning_rate`?"


def test_an_override_without_a_value_is_a_mistake() -> None:
    (found,) = mistakes(MINIMAL, "training.num_epochs")
    assert found == "--set: write key.path=value, not 'training.num_epochs'."


def test_shares_that_leave_nothing_to_train_on_are_a_mistake() -> None:
    (found,) = mistakes(MINIMAL, "data.split.test=0.6", "data.split.validation=0.4")
    assert "data.split: validation and test together take 100% of the rows" in found


def test_one_source_or_cleaner_may_stand_without_a_list() -> None:
    assert read_recipe(MINIMAL, ["data.clean=drop_duplicates"]).data.clean == ["drop_duplicates"]


def test_the_run_folder_takes_the_name_of_the_recipe(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("task: text_classification\ndata: {source: a}\nmodel: {base: b}\n")
    assert read_recipe(path).run.folder == "runs/mine"


def test_numbers_are_read_as_people_write_them() -> None:
    assert [parse_value(text) for text in ("5e-5", "1e4", "5.0e-5", "3", "abc")] == [
        5e-5,
        1e4,
        5e-5,
        3,
        "abc",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("task: [", "recipe.yaml:1:8: "),
        ("a: 1\na: 2\n", "recipe.yaml:2:1: `a` is written twice"),
        ("- a\n", "a recipe is a mapping"),
        ("", "a recipe is a mapping"),
        ("a: !!python/object:os.system x", "could not determine a constructor"),
    ],
)
def test_what_is_no_recipe_gets_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        load_yaml(path)
    assert sentence in str(caught.value)


def test_a_missing_recipe_names_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "spam.yaml").write_text("task: x\n")
    with pytest.raises(UserError, match=r"no such file\. .* holds: spam\.yaml"):
        load_yaml(tmp_path / "spma.yaml")


def test_a_binary_file_is_no_recipe(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(UserError, match="not UTF-8"):
        load_yaml(tmp_path / "a.yaml")


@pytest.mark.parametrize("key", sorted(MENUS))
def test_every_menu_has_choices(key: str) -> None:
    assert MENUS[key].names()
