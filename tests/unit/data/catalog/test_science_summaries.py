import json
from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.catalog.science_summaries import ScienceSummaries
from luthier.data.fetch import CATALOG

PAPER = {
    "id": "X",
    "title": "On lutes",
    "summary": {"challenge": "Hard .", "approach": "Glue .", "outcome": "Sound ."},
    "sentences": {"conclusion": ["Z ."], "introduction": ["C ."], "abstract": ["A .", "B ."]},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "aclsum" / "dataset"
    data.mkdir(parents=True)
    for name, count in {"train": 2, "val": 1, "test": 1}.items():
        (data / f"{name}.jsonl").write_text((json.dumps(PAPER) + "\n") * count, "utf-8")
    return tmp_path


def test_sections_come_in_the_order_of_a_paper(folder: Path) -> None:
    first = next(iter(ScienceSummaries().rows(folder)))
    assert first.fields["document"] == "A . B .\n\nC .\n\nZ ."


@pytest.mark.parametrize("aspect", ["challenge", "approach", "outcome"])
def test_the_summary_is_about_the_aspect_that_is_asked_for(aspect: str, folder: Path) -> None:
    corpus = CATALOG.build({"science-summaries": {"aspect": aspect}})
    assert next(iter(corpus.rows(folder))).fields["summary"] == PAPER["summary"][aspect]


def test_an_aspect_that_there_is_not_is_refused() -> None:
    with pytest.raises(UserError, match=r"science-summaries\.aspect"):
        CATALOG.build({"science-summaries": {"aspect": "mood"}})


def test_rows_know_their_split_and_place(folder: Path) -> None:
    rows = ScienceSummaries().rows(folder)
    assert [(row.fields["split"], row.place) for row in rows] == [
        ("train", "aclsum/dataset/train.jsonl:1"),
        ("train", "aclsum/dataset/train.jsonl:2"),
        ("validation", "aclsum/dataset/val.jsonl:1"),
        ("test", "aclsum/dataset/test.jsonl:1"),
    ]
