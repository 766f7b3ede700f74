from pathlib import Path
from typing import Any

import pytest
import yaml

from luthier.core.errors import UserError
from luthier.data.card import card_metadata
from luthier.data.dataset import Dataset
from luthier.data.prepare import prepare
from tests.datasets import distinct, prepared, write_rows


def metadata(dataset: Dataset) -> dict[str, Any]:
    card = (dataset.folder / "README.md").read_text("utf-8")
    return yaml.safe_load(card.split("---")[1])


def test_the_metadata_block_is_what_the_hub_reads(tmp_path: Path) -> None:
    told = metadata(prepared(tmp_path, distinct(60)))
    assert told["license"] == ["unknown"]
    assert told["size_categories"] == "n<1K"
    assert told["task_categories"] == ["text-classification"]
    assert told["source_datasets"] == ["original"]
    (config,) = told["configs"]
    assert [one["path"] for one in config["data_files"]] == [
        "train/*.parquet",
        "validation/*.parquet",
        "test/*.parquet",
    ]


def test_the_datasets_library_loads_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    dataset = prepared(tmp_path, distinct(60))
    loaded = load_dataset(str(dataset.folder), cache_dir=str(tmp_path / "cache"))
    assert {name: len(rows) for name, rows in loaded.items()} == {
        name: dataset.num_rows(name) for name in dataset.splits
    }
    assert loaded["train"][0]["text"] == next(dataset.rows("train"))["text"]


def test_a_split_without_rows_is_not_named(tmp_path: Path) -> None:
    told = metadata(prepared(tmp_path, distinct(3), split={"validation": 0, "test": 0.0001}))
    assert [one["split"] for one in told["configs"][0]["data_files"]] == ["train"]


@pytest.mark.parametrize(
    ("rows", "size"),
    [(999, "n<1K"), (1000, "1K<n<10K"), (123_456, "100K<n<1M"), (10**12, "n>1T")],
)
def test_sizes_have_the_names_of_the_hub(rows: int, size: str, tmp_path: Path) -> None:
    dataset = prepared(tmp_path, distinct(20))
    report = dataset.report | {"rows": rows}
    assert card_metadata(dataset.manifest, report).size_categories == size


def test_the_card_tells_how_to_make_it_again(tmp_path: Path) -> None:
    dataset = prepared(tmp_path, distinct(40), clean=["drop_duplicates"])
    card = (dataset.folder / "README.md").read_text("utf-8")
    recipe = tmp_path / "again.yaml"
    recipe.write_text(card.split("```yaml\n")[1].split("```")[0], "utf-8")
    again = prepare(recipe, tmp_path / "again", check=False)
    assert again.manifest.splits == dataset.manifest.splits


def test_a_readme_of_somebody_else_is_never_replaced(tmp_path: Path) -> None:
    readme = tmp_path / "made" / "README.md"
    readme.parent.mkdir()
    readme.write_text("mine", "utf-8")
    with pytest.raises(UserError, match=r"README\.md"):
        prepared(tmp_path, distinct(20))
    assert readme.read_text("utf-8") == "mine"


def test_a_dataset_is_replaced_with_its_card(tmp_path: Path) -> None:
    prepared(tmp_path, distinct(20))
    assert len(prepared(tmp_path, distinct(30))) == 30


def test_names_of_sources_are_no_markup(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "a|b<i>.jsonl", distinct(40))
    prepare(source, tmp_path / "made", check=False)
    card = (tmp_path / "made" / "README.md").read_text("utf-8").split("---", 2)[2]
    assert "| a\\|b\\<i\\>.jsonl |" in card
