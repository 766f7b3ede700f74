from pathlib import Path

import pytest

from luthier.data.listing import kind_of, names_in


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", "data"),
        ("sub/a.jsonl.gz", "data"),
        ("a.txt", "text"),
        ("0001.7c53", "text"),
        ("sub/a.txt", "text below"),
        ("README.md", "about"),
        ("LICENSE", "about"),
        ("sub/README.md", "text below"),
    ],
)
def test_a_file_is_data_a_text_or_about_the_data(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_names_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert list(names_in(tmp_path)) == ["a.txt", "b/1.txt", "b/2.txt", "c.txt"]
