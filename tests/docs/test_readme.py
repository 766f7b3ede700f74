"""The commands of the README are run, in its order, in one folder."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from luthier.cli.main import main
from tests.mails import write_mails
from tests.stocked import stock_cache

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh.md")
SHORT = ["--set", "training.max_steps=3", "--set", "model.max_length=64"]


def blocks(readme: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / readme).read_text("utf-8"), re.DOTALL)


def commands(readme: str) -> list[list[str]]:
    lines = "\n".join(blocks(readme, "sh")).splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.startswith("luthier ")]


def make_targets(text: str) -> set[str]:
    return set(re.findall(r"^make (\w+)", text, re.MULTILINE))


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_that_is_named_exists(readme: str) -> None:
    named = make_targets("\n".join(blocks(readme, "sh")))
    there = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert named == {"demo", "test"}
    assert named <= there


@pytest.mark.parametrize("readme", READMES)
def test_every_file_that_is_linked_exists(readme: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / readme).read_text("utf-8"))
    assert len(links) >= 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_both_languages_name_the_same_commands() -> None:
    english = {tuple(command) for command in commands("README.md")}
    assert english < {tuple(command) for command in commands("README.zh.md")}


def test_the_commands_run(tmp_path: Path, tiny_bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    stock_cache(tiny_bert)
    shutil.copytree(ROOT / "recipes", "recipes")
    write_mails(Path("mine.csv"))
    assert main(["train", "recipes/spam-quick.yaml", *SHORT]) == 0  # what `make demo` leaves
    found = commands("README.zh.md")
    assert len(found) == 8
    for command in found:
        more = SHORT if command[1] in ("check", "train") else []
        assert main([*command[1:], *more]) == 0, command


def test_the_python_example_runs(
    tmp_path: Path,
    tiny_bert: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    stock_cache(tiny_bert)
    shutil.copytree(ROOT / "recipes", "recipes")
    (example,) = blocks("README.md", "python")
    exec(example.replace('["run', '["training.max_steps=3", "model.max_length=64", "run'), {})
    assert "TF-IDF" in capsys.readouterr().out
