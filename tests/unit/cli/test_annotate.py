import json
from pathlib import Path

import pytest

from luthier.cli.main import main


@pytest.fixture
def rows(tmp_path: Path) -> str:
    (tmp_path / "rows.csv").write_text("text,label\na,spam\nb,ham\n")
    return str(tmp_path / "rows.csv")


def test_answers_are_exported_without_a_page(
    rows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    made = ["annotate", rows, "--task", "text_classification", "--labels", "ham, spam"]
    assert main([*made, "--export", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"path": str(tmp_path / "rows-annotations"), "imported": 0, "exported": 2}
    assert len(out.read_text().splitlines()) == 2


def test_answers_are_imported(
    rows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.jsonl").write_text(
        json.dumps({"text": "a", "answers": [{"by": "Anna", "value": {"label": "ham"}}]})
    )
    made = ["annotate", rows, "--task", "text_classification"]
    assert main([*made, "--import", str(tmp_path / "in.jsonl"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["imported"] == 1


def test_a_mistake_is_told_in_one_sentence(rows: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", rows]) == 1
    assert "Say what to ask with --task" in capsys.readouterr().err
