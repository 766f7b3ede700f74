import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from luthier.core.errors import UserError
from luthier.core.files import read_json
from luthier.core.records import Row
from luthier.data.annotation.suspects import read_suspects
from luthier.evaluation.audit.audit import audit
from luthier.evaluation.audit.page import audit_lines
from luthier.evaluation.dynamics import NAME, Dynamics

SPAM, HAM = (
    ("buy cheap pills", "win free money", "click here now"),
    (
        "see you tomorrow",
        "lunch meeting on the project",
        "thanks to the team",
    ),
)
WORDS = ["the", "a", "of", "to", "and", "is", "on", "in", "it", "that", "offer", "report"]


def rows(wrong: int | None = 7) -> list[dict[str, str]]:
    made = []
    for i in range(72):
        kind = SPAM if i % 2 else HAM
        text = f"{kind[i % 3]} {WORDS[i % 12]} {WORDS[(i * 7 + i // 12) % 12]} {kind[(i + 1) % 3]}"
        made.append({"text": f"{text} {i}", "label": "spam" if i % 2 else "ham"})
    if wrong is not None:
        made[wrong]["label"] = "ham" if wrong % 2 else "spam"
    return made


def written(path: Path, given: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(given[0]))
        writer.writeheader()
        writer.writerows(given)
    return path


@pytest.fixture(scope="module")
def looked_at(tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    path = written(tmp_path_factory.mktemp("audit") / "mails.csv", rows())
    return path, audit(path, model=str(tiny_bert))


def test_a_wrong_label_is_listed_first_with_the_right_one(looked_at: tuple[Path, Any]) -> None:
    worst = looked_at[1]["worst"][0]
    assert (worst["text"], worst["label"], worst["suggested"]) == (rows()[7]["text"], "ham", "spam")
    assert worst["reason"] == "label error"


def test_suspected_jsonl_is_what_annotate_reads(looked_at: tuple[Path, Any]) -> None:
    path, found = looked_at
    suspects = list(read_suspects(path.with_name("mails-audit") / "suspected.jsonl"))
    assert suspects[0].id == Row(rows()[7]).id
    assert len(suspects) == found["suspected"]
    assert [one.score for one in suspects] == sorted((s.score for s in suspects), reverse=True)


def test_audit_json_is_what_was_returned(looked_at: tuple[Path, Any]) -> None:
    path, found = looked_at
    assert read_json(path.with_name("mails-audit") / "audit.json") == found
    json.dumps(found, allow_nan=False)


def test_the_terminal_shows_the_worst_first_and_what_to_do(looked_at: tuple[Path, Any]) -> None:
    lines = list(audit_lines(looked_at[1]))
    assert any("ham → spam" in line for line in lines)
    assert "luthier annotate" in lines[-1]


def test_it_finds_the_same_every_time(
    looked_at: tuple[Path, Any], tiny_bert: Path, tmp_path: Path
) -> None:
    again = audit(looked_at[0], model=str(tiny_bert), output=tmp_path)
    assert {**again, "path": ""} == {**looked_at[1], "path": ""}


def test_a_share_lists_so_many_rows(
    looked_at: tuple[Path, Any], tiny_bert: Path, tmp_path: Path
) -> None:
    found = audit(looked_at[0], model=str(tiny_bert), output=tmp_path, share=0.25)
    assert found["suspected"] == 18


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Rows to look at again"), ("zh", "需要复查的行")]
)
def test_the_page_speaks_both_languages(
    language: Any, words: str, tiny_bert: Path, tmp_path: Path
) -> None:
    given = rows()
    given[3]["text"] = "<script>alert(1)</script> buy cheap pills now"
    path = written(tmp_path / "mails.csv", given)
    audit(path, model=str(tiny_bert), output=tmp_path, share=1.0, language=language)
    page = (tmp_path / "audit.html").read_text("utf-8")
    assert words in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_rows_without_labels_have_outliers_alone(tiny_bert: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "texts.csv", [{"text": row["text"]} for row in rows()])
    found = audit(path, model=str(tiny_bert))
    assert found["labels"] is None
    assert list(found["reasons"]) == ["outlier"]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing"):
        audit(tmp_path / "nothing")


def test_a_run_shows_its_data_map(tiny_bert: Path, tmp_path: Path) -> None:
    from luthier.data.dataset import Dataset
    from luthier.training.train import train

    run = train(
        {
            "task": "text_classification",
            "data": {"source": str(written(tmp_path / "mails.csv", rows()))},
            "model": {"base": str(tiny_bert), "max_length": 32},
            "training": {"num_epochs": 2, "learning_rate": 1e-3, "precision": "fp32"},
            "run": {"folder": str(tmp_path / "run"), "seed": 7},
        }
    )
    kept = Dynamics.read(run.folder / NAME)
    assert kept is not None
    assert sorted(kept.ids.tolist()) == sorted(Dataset.open(run.data).ids("train"))
    found = audit(run.folder)
    assert found["dynamics"]["rows"] == len(kept)
    page = (run.folder / "audit" / "audit.html").read_text("utf-8")
    assert page.count('class="speck"') == len(kept)
    assert found["model"] == str(tiny_bert)


def test_a_dataset_keeps_the_list_where_annotate_looks_for_it(
    tiny_bert: Path, tmp_path: Path
) -> None:
    from luthier.data.dataset import Dataset
    from luthier.data.prepare import prepare

    folder = tmp_path / "data"
    prepare([str(written(tmp_path / "mails.csv", rows()))], folder)
    found = audit(folder, model=str(tiny_bert))
    assert (folder / "suspected.jsonl").is_file()
    assert found["rows"] == len(Dataset.open(folder))
    shutil.rmtree(folder)


def test_the_table_of_a_run_is_damaged(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no table")
    with pytest.raises(UserError, match="damaged"):
        Dynamics.read(tmp_path / NAME)


def test_scores_are_shares(looked_at: tuple[Path, Any]) -> None:
    scores = np.array([row["score"] for row in looked_at[1]["worst"]])
    assert ((scores >= 0) & (scores <= 1)).all()
