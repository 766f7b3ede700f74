import json
from pathlib import Path

import pytest

from luthier.cli.main import main
from luthier.core.packages import by_hand, kept_as
from luthier.data.catalog.small_talk import SmallTalk


@pytest.fixture(autouse=True)
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that holds small-talk and nothing else."""
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    folder = tmp_path / kept_as(SmallTalk.package)
    folder.mkdir(parents=True)
    return folder


def test_the_list_shows_every_entry_within_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog"]) == 0
    shown = capsys.readouterr().out
    for name in ("minilm", "smollm2-135m", "spam-mail", "small-talk", "tweet-entities"):
        assert f" {name} " in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_the_list_shows_what_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    main(["catalog"])
    here = [line for line in capsys.readouterr().out.splitlines() if " yes " in line]
    assert [line.split()[0] for line in here] == ["small-talk"]


def test_json_lists_every_entry_as_an_object(
    capsys: pytest.CaptureFixture[str], fetched: Path
) -> None:
    assert main(["catalog", "--json"]) == 0
    entries = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert len(entries) == 10
    assert entries["small-talk"] == {
        "name": "small-talk",
        "kind": "data",
        "about": "Short dialogues by topic: 2,025 English, 467 Chinese, 26 further languages.",
        "parameters": None,
        "rows": 2025,
        "megabytes": 1,
        "licence": "BSD-3-Clause",
        "languages": list(SmallTalk.languages),
        "path": str(fetched),
    }
    assert entries["minilm"]["path"] is None


def test_fetch_prints_the_folder(capsys: pytest.CaptureFixture[str], fetched: Path) -> None:
    assert main(["catalog", "fetch", "small-talk"]) == 0
    assert capsys.readouterr().out == f"{fetched}\n"


@pytest.mark.parametrize(
    "arguments", [["fetch", "small-talk", "--json"], ["--json", "fetch", "small_talk"]]
)
def test_fetch_prints_one_json_object(
    arguments: list[str], capsys: pytest.CaptureFixture[str], fetched: Path
) -> None:
    assert main(["catalog", *arguments]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(fetched)}


def test_what_is_going_on_goes_to_standard_error(
    capsys: pytest.CaptureFixture[str], fetched: Path
) -> None:
    fetched.rmdir()
    by_hand(SmallTalk.package).parent.mkdir()
    by_hand(SmallTalk.package).write_bytes(b"")
    assert main(["catalog", "fetch", "small-talk"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "chatterbot-corpus 1.3.3: the archive is not the one that was looked at" in err


def test_an_unknown_name_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "fetch", "smallm2-135m"]) == 1
    assert "no `smallm2-135m` in the catalog. Did you mean `smollm2-135m`?" in (
        capsys.readouterr().err
    )
