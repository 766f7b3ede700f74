import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.data.open import open_source
from luthier.data.sources import hub
from tests.hub import COMMIT, served

CARD = """---
configs:
- config_name: default
  data_files: [{split: train, path: data/train.jsonl}, {split: test, path: data/test.jsonl}]
- config_name: odd
  data_files: [{split: a, path: data/train.jsonl}, {split: b, path: data/train.jsonl}]
- config_name: texts
  data_files: [{split: train, path: data/rows.txt}]
---
"""
# The libraries read their addresses when they are imported, so each hub takes a process.
PROGRAM = """
import json, sys
from luthier.core.errors import UserError
from luthier.data.open import open_source

said = []
for written in json.loads(sys.argv[1]):
    try:
        source = open_source(written)
        rows = [[row.fields, row.place] for row in source.rows()]
        said.append([rows, source.remarks()])
    except UserError as error:
        said.append(str(error))
print(json.dumps(said))
"""
ASKED: dict[str, Any] = {
    "plain": "hub:me/set",
    "split": {"hub": {"name": "me/set", "config": "default", "split": "train"}},
    "no such split": {"hub": {"name": "me/set", "split": "tran"}},
    "unnamed split": {"hub": {"name": "me/set", "config": "odd"}},
    "no such set": "hub:me/nothing",
    "no such config": {"hub": {"name": "me/set", "config": "none"}},
    "other files": {"hub": {"name": "me/set", "config": "texts"}},
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("hub")
    rows = b'{"text": "a", "label": "x"}\n{"text": "b", "label": "y"}\n'
    files = {
        "README.md": CARD.encode(),
        "data/train.jsonl": rows,
        "data/test.jsonl": b'{"text": "c", "label": "x"}\n',
        "data/rows.txt": b"a\n",
    }
    with served(files) as (address, asked):
        said = run(list(ASKED.values()), home, HF_ENDPOINT=address, HF_HUB_OFFLINE="0")
    return {**dict(zip(ASKED, said, strict=True)), "requests": asked}


def run(written: list[Any], home: Path, **environment: str) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(written)],
        env={**os.environ, "HF_HOME": str(home), "PYTHONPATH": os.getcwd(), **environment},
        stdout=subprocess.PIPE,
        check=True,
        timeout=200,
    )
    said: list[Any] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize("how", ["plain", "split"])
def test_a_split_is_read_with_places_and_its_commit_is_told(
    answers: dict[str, Any], how: str
) -> None:
    assert answers[how] == [
        [
            [{"text": "a", "label": "x"}, "me/set train row 1"],
            [{"text": "b", "label": "y"}, "me/set train row 2"],
        ],
        [f"Read me/set (default, train) at commit {COMMIT}."],
    ]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("no such split", "me/set: no split `tran`. Did you mean `train`?"),
        ("unnamed split", "me/set: name a `split`; there is: a, b."),
        ("no such set", "me/nothing: cannot be read from the hub (RepositoryNotFound"),
        ("no such config", "me/set: cannot be read from the hub (ValueError: BuilderConfig"),
        ("other files", "me/set: holds data/rows.txt; only .parquet, .jsonl"),
    ],
)
def test_what_cannot_be_read_is_told(answers: dict[str, Any], how: str, why: str) -> None:
    assert why in answers[how]


def test_nobody_is_told_who_reads_what(answers: dict[str, Any]) -> None:
    told = [path for path in answers["requests"] if "agent" in path or "telemetry" in path]
    assert told == []


@pytest.mark.parametrize(
    ("card", "path"),
    [
        ("README.md", "http://127.0.0.1:9/rows.jsonl"),
        (".huggingface.yaml", "zip://a.jsonl::file:///b.zip"),
    ],
)
def test_a_data_set_that_names_files_from_elsewhere_is_refused(
    card: str, path: str, tmp_path: Path
) -> None:
    configs = f"configs:\n- config_name: a\n  data_files: [{{split: train, path: '{path}'}}]\n"
    content = f"---\n{configs}---\n" if card == "README.md" else configs
    with served({card: content.encode()}) as (address, _):
        (said,) = run(["hub:me/set"], tmp_path, HF_ENDPOINT=address, HF_HUB_OFFLINE="0")
    assert f"names '{path}' as its own, which it is not" in said


@pytest.mark.parametrize("pattern", ["/home/me/a.csv", "../a.csv", "~/a.csv", "file:///a.csv"])
def test_files_of_this_machine_are_foreign(pattern: str) -> None:
    assert hub._is_foreign(pattern)


@pytest.mark.parametrize("pattern", ["data/*.csv", "train-00000-of-00001.parquet", "a..b.csv"])
def test_patterns_of_files_beside_the_card_are_not(pattern: str) -> None:
    assert not hub._is_foreign(pattern)


def test_a_data_set_that_is_a_program_is_refused_and_not_run(tmp_path: Path) -> None:
    with served({"set.py": b"print('run')"}) as (address, _):
        (said,) = run(["hub:me/set"], tmp_path, HF_ENDPOINT=address, HF_HUB_OFFLINE="0")
    assert "Dataset scripts are no longer supported, but found set.py" in said


def test_without_a_connection_it_is_told(tmp_path: Path) -> None:
    asked = ["hub:me/set"]
    (offline,) = run(asked, tmp_path, HF_ENDPOINT="http://127.0.0.1:9", HF_HUB_OFFLINE="1")
    assert offline == "me/set: HF_HUB_OFFLINE forbids to fetch it. Unset it."


@pytest.mark.parametrize("name", ["../x", "a/b/c", "json://x", "/etc"])
def test_a_name_is_an_owner_and_a_name(name: str) -> None:
    with pytest.raises(UserError, match="pattern"):
        open_source({"hub": {"name": name}})
