"""Answers are on disk as they come, and found by what was asked."""

from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.augmentation.kept_answers import KeptAnswers, key_of


def test_what_was_kept_is_found(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path / "answers.sqlite")
    keys = [key_of("a", n) for n in range(3)]
    assert list(kept.keep([(keys[0], "one"), (keys[2], "三")])) == [
        (keys[0], "one"),
        (keys[2], "三"),
    ]
    assert KeptAnswers(tmp_path / "answers.sqlite").find(keys) == {keys[0]: "one", keys[2]: "三"}


def test_each_answer_is_kept_before_the_next_comes(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    kept = KeptAnswers(path)
    key = key_of("a")

    def answers():  # type: ignore[no-untyped-def]
        yield key, "one"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(kept.keep(answers()))
    assert KeptAnswers(path).find([key]) == {key: "one"}


def test_what_was_asked_otherwise_has_another_key() -> None:
    assert len({key_of("a", "bc"), key_of("ab", "c"), key_of("a", "bc", 1), key_of("abc")}) == 4


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    with pytest.raises(UserError, match="Remove the file"):
        KeptAnswers(path)


def test_text_that_is_no_utf8_is_no_obstacle(tmp_path: Path) -> None:
    assert key_of("caf\udce9") != key_of("cafe")
