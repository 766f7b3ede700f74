from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers import conll
from luthier.data.readers.conll import Conll
from luthier.data.source import Found


def read(tmp_path: Path, content: str) -> list[Found]:
    (tmp_path / "a.conll").write_text(content, "utf-8")
    return list(Conll().rows(RawFile(tmp_path / "a.conll", "a.conll")))


def test_a_blank_line_or_a_lone_tab_ends_a_sentence(tmp_path: Path) -> None:
    rows = read(tmp_path, "New\tB-LOC\nYork\tI-LOC\n\t\n\n你\tO\n")
    assert rows == [
        Found({"tokens": ["New", "York"], "tags": ["B-LOC", "I-LOC"]}, "a.conll:1"),
        Found({"tokens": ["你"], "tags": ["O"]}, "a.conll:5"),
    ]


def test_columns_between_token_and_tag_go_by_number(tmp_path: Path) -> None:
    rows = read(tmp_path, "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\n. . O O\n")
    assert rows[0].fields == {
        "tokens": ["EU", "."],
        "2": ["NNP", "."],
        "3": ["B-NP", "O"],
        "tags": ["B-ORG", "O"],
    }


def test_a_comment_is_passed_over_and_a_hash_tag_is_a_token(tmp_path: Path) -> None:
    assert read(tmp_path, "# sent_id = 1\n#art\tO\n#\tO\n")[0].fields["tokens"] == ["#art", "#"]


def test_a_token_may_hold_spaces_where_tabs_cut(tmp_path: Path) -> None:
    assert read(tmp_path, "New York\tB-LOC\n")[0].fields["tokens"] == ["New York"]


def test_tokens_without_a_tag_are_told_with_their_lines(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"1 column instead of 2 in a\.conll:2, a\.conll:5"):
        read(tmp_path, "a\tO\nb\n\nc\tO\nd\n")


def test_plain_text_is_no_conll(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="1 column instead of 2"):
        read(tmp_path, "word\nword\n")


def test_a_sentence_that_never_ends_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conll, "MAX_TOKENS", 10)
    with pytest.raises(UserError, match=r"a\.conll:1: a sentence of more than 10 tokens"):
        read(tmp_path, "a\tO\n" * 11)
