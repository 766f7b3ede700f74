"""The program `apertium`, by a stand-in that shouts."""

import sys
from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.augmentation.apertium import Apertium

PROGRAM = """#!{python}
import sys, time
if sys.argv[1:] == ["-l"]:
    print("eng-spa\\n  spa-eng\\n  eng-bad\\n  eng-slow\\n  eng-few")
else:
    pair = sys.argv[-1]
    if pair == "eng-bad":
        sys.exit("no such dictionary")
    if pair == "eng-slow":
        time.sleep(60)
    text = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write((text.upper() if pair != "eng-few" else "one").encode())
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "apertium"
    path.write_text(PROGRAM.format(python=sys.executable), "utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_texts_are_translated_one_by_one(program: None) -> None:
    assert Apertium("eng", "spa")(["one\n\ntwo", "three", ""]) == ["ONE TWO", "THREE", "."]


def test_no_texts_need_no_process(program: None) -> None:
    assert Apertium("eng", "spa")([]) == []


def test_a_machine_without_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserError, match="apt install apertium"):
        Apertium("eng", "spa")


def test_a_pair_that_is_not_installed_is_told_with_those_that_are(program: None) -> None:
    with pytest.raises(UserError, match=r"eng-zho is not installed\. There is: .*eng-spa"):
        Apertium("eng", "zho")


@pytest.mark.parametrize(
    ("target", "told"),
    [("bad", "failed: no such dictionary"), ("few", "made 1 paragraphs of 2")],
)
def test_what_goes_wrong_is_told(program: None, target: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        Apertium("eng", target)(["a", "b"])


def test_a_translation_that_takes_too_long_is_told(program: None) -> None:
    slow = Apertium("eng", "slow")
    slow._seconds = 0.2
    with pytest.raises(UserError, match="no translation within"):
        slow(["a"])
