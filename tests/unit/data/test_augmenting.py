"""Augmentation in `prepare`: training rows only, nothing that is there already, all counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.data.dataset import Dataset
from luthier.data.prepare import prepare, preview
from luthier.data.report_page import summarise
from tests.datasets import write_rows

WORDS = ["river", "stone", "cloud", "apple", "chair", "piano", "tiger", "lemon", "paper", "glass"]


def worded(count: int) -> list[dict[str, Any]]:
    """Rows of ten words each, of which no two nearly repeat each other."""
    return [
        {
            "text": " ".join(f"{word}{chr(97 + n % 26)}{chr(97 + n // 26)}" for word in WORDS),
            "label": "ham" if n % 2 else "spam",
        }
        for n in range(count)
    ]


def recipe(source: str, *augment: Any, **data: Any) -> dict[str, Any]:
    return {"data": {"source": source, "augment": list(augment), **data}}


def made(folder: Path, *augment: Any, rows: Any = None, **data: Any) -> Dataset:
    source = write_rows(folder / "rows.jsonl", rows or worded(60))
    return prepare(recipe(source, *augment, **data), folder / "made", check=False)


def added(dataset: Dataset) -> list[Any]:
    rows = list(dataset.rows("train"))
    return rows[len(rows) - dataset.num_added("train") :]


def test_only_the_training_split_gets_rows(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    plain = made(tmp_path / "plain")
    dataset = made(tmp_path, {"swap_words": {"share": 1.0}})
    assert dataset.num_rows("train") > plain.num_rows("train")
    for split in ("validation", "test"):
        assert list(dataset.ids(split)) == list(plain.ids(split))
    assert list(dataset.ids("train"))[: plain.num_rows("train")] == list(plain.ids("train"))


def test_every_new_row_comes_from_a_training_row(tmp_path: Path) -> None:
    dataset = made(tmp_path, "delete_words", "swap_words")
    collected = list(dataset.ids("train"))[: -dataset.num_added("train")]
    assert added(dataset)
    assert all(row.derived_from[-1] in collected for row in added(dataset))


def test_a_collected_row_is_traced_to_what_was_made_of_it(tmp_path: Path) -> None:
    dataset = made(tmp_path, {"swap_words": {"share": 1.0}})
    row = added(dataset)[0]
    fates = dataset.trace(row.derived_from[0])
    assert [fate.id for fate in fates] == [row.derived_from[0], row.id]


def test_what_repeats_a_row_is_not_added(tmp_path: Path) -> None:
    rows = [{"text": f"{'a' * n} zz", "label": "x"} for n in range(2, 40)]
    dataset = made(tmp_path, {"delete_words": {"share": 1.0, "copies": 9}}, rows=rows)
    texts = [row["text"] for row in dataset.rows("train")]
    assert len(set(texts)) == len(texts)
    report = dataset.report["augment"][0]
    assert report["left_out"]["repeats a row there is already"] > 0
    assert report["added"] == dataset.num_added("train")


def test_what_becomes_a_test_row_is_not_added(tmp_path: Path) -> None:
    words = [f"word{chr(97 + n)}" for n in range(20)]
    # Two synonyms part the training row from the test row.
    table = tmp_path / "table.txt"
    table.write_text("wordx worda\n", "utf-8")
    train = write_rows(
        tmp_path / "train.jsonl",
        [
            {"text": " ".join(["wordx", *words[1:4], "wordx", *words[5:]]), "label": "ham"},
            *worded(20),
        ],
    )
    test = write_rows(
        tmp_path / "test.jsonl",
        [{"text": " ".join(["worda", *words[1:4], "worda", *words[5:]]), "label": "ham"}],
    )
    augment = {"replace_synonyms": {"table": str(table), "share": 1.0, "rate": 1.0}}
    split = {"test": test, "validation": 0}
    dataset = prepare(recipe(train, augment, split=split), tmp_path / "made", check=False)
    assert dataset.num_added("train") == 0
    left_out = dataset.report["augment"][0]["left_out"]
    assert left_out["repeats a row there is already"] == 1


def test_a_near_duplicate_of_a_validation_row_is_counted(tmp_path: Path) -> None:
    words = [f"word{chr(97 + n)}{chr(97 + n)}" for n in range(26)]
    table = tmp_path / "table.txt"
    table.write_text("old new\n", "utf-8")
    # Twelve words apart they are two texts; with five of them replaced they are nearly one.
    apart = ["old", words[5], words[6], "old", words[8], words[9], words[10], "old"]
    near = ["new", words[5], words[6], "new", words[8], words[9], words[10], "new"]
    train = write_rows(
        tmp_path / "train.jsonl",
        [{"text": " ".join([*apart, *words, "end"]), "label": "ham"}, *worded(20)],
    )
    held = write_rows(
        tmp_path / "held.jsonl", [{"text": " ".join([*near, *words]), "label": "ham"}]
    )
    augment = {"replace_synonyms": {"table": str(table), "share": 1.0, "rate": 1.0}}
    split = {"test": 0, "validation": held}
    dataset = prepare(recipe(train, augment, split=split), tmp_path / "made", check=False)
    left_out = dataset.report["augment"][0]["left_out"]
    assert left_out["near-duplicate of a validation or test row"] == 1


def test_the_same_recipe_gives_the_same_rows(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = (made(tmp_path / part, "swap_words", "keyboard_noise") for part in "ab")
    assert list(one.ids("train")) == list(other.ids("train"))


def test_more_rows_change_no_copy_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    few = {row.id for row in added(made(tmp_path / "a", "swap_words", rows=worded(40)))}
    many = {row.id for row in added(made(tmp_path / "b", "swap_words", rows=worded(60)))}
    assert few <= many


def test_augmenters_do_not_work_on_each_others_rows(tmp_path: Path) -> None:
    dataset = made(tmp_path, {"swap_words": {"share": 1.0}}, {"delete_words": {"share": 1.0}})
    first, second = dataset.report["augment"]
    assert first["rows_in"] == second["rows_in"]


def test_the_report_shows_rows_and_examples(tmp_path: Path) -> None:
    dataset = made(tmp_path, "swap_words")
    (step,) = dataset.report["augment"]
    assert step == dataset.manifest.made.augment[0]
    assert len(step["examples"]) == 5
    assert all(shown["before"] != shown["after"] for shown in step["examples"])
    page = (dataset.folder / "report.html").read_text("utf-8")
    assert "swap_words" in page
    assert "luthier compare" in page
    assert any("rows added" in line for line in summarise(dataset.report))


def test_the_page_counts_added_rows_apart_from_those_left_after_cleaning(tmp_path: Path) -> None:
    dataset = made(tmp_path, {"swap_words": {"share": 1.0}})
    page = (dataset.folder / "report.html").read_text("utf-8")
    assert "60 rows are left after cleaning" in page


def test_without_augmenters_the_page_says_nothing_of_them(tmp_path: Path) -> None:
    dataset = made(tmp_path)
    assert "Augmenter" not in (dataset.folder / "report.html").read_text("utf-8")


def test_a_dataset_prepared_anew_forgets_what_was_added(tmp_path: Path) -> None:
    dataset = made(tmp_path, {"swap_words": {"share": 1.0}})
    again = prepare(str(dataset.folder), tmp_path / "again", check=False)
    assert len(again) == 60
    assert (
        f"{dataset.num_added('train'):,} of them that augmenters made" in again.report["recognised"]
    )


def test_labels_of_new_rows_are_their_parents(tmp_path: Path) -> None:
    dataset = made(tmp_path, {"swap_words": {"share": 1.0}})
    labels = {row.id: row["label"] for row in dataset.rows("train")}
    assert all(row["label"] == labels[row.derived_from[-1]] for row in added(dataset))


def test_a_group_goes_with_its_copies(tmp_path: Path) -> None:
    rows = [{**row, "author": f"a{n // 3}"} for n, row in enumerate(worded(60))]
    dataset = made(tmp_path, "swap_words", rows=rows, split={"group": "author"})
    assert all(row["author"] for row in added(dataset))


def test_a_dry_run_shows_what_would_be_made(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", worded(30))
    (step,) = preview(recipe(source, {"swap_words": {"share": 1.0}}))["augment"]
    assert step["rows_in"] == 30
    assert step["examples"]
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


def test_a_model_that_nobody_lends_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", worded(20))
    with pytest.raises(UserError, match="nobody lends one"):
        prepare(recipe(source, {"paraphrase": {"model": "m"}}), tmp_path / "out" / "made")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_unknown_augmenter_is_told_with_the_nearest(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", worded(20))
    with pytest.raises(UserError, match=r"data\.augment: no `swap_word`.*`swap_words`"):
        prepare(recipe(source, "swap_word"), tmp_path / "made")


def test_the_manifest_holds_every_option(tmp_path: Path) -> None:
    dataset = made(tmp_path, "swap_words")
    written = json.loads((dataset.folder / "manifest.json").read_text("utf-8"))
    assert written["made"]["data"]["augment"] == [
        {"swap_words": {"rate": 0.1, "share": 0.5, "copies": 1}}
    ]
