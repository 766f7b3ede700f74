import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from luthier.core.errors import UserError
from luthier.core.registry import Choice, Menu

CHOICE = '''"""Drop rows that are too short."""

from typing import Annotated

from pydantic import Field


class DropShort:
    """Drop rows that are too short, by words."""

    def __init__(self, *, min_words: Annotated[int, Field(ge=1)] = 3, strict: bool = False):
        self.min_words = min_words
        self.strict = strict
'''
FUNCTION = '''"""Join two texts."""


def join(left: str, right: str, *, separator: str = " ") -> str:
    """Join two texts."""
    return left + separator + right
'''
BROKEN = '''"""A choice that must never be imported by accident."""

raise RuntimeError("imported")
'''


@pytest.fixture
def menu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Menu:
    folder = tmp_path / "shelf" / "things"
    folder.mkdir(parents=True)
    (tmp_path / "shelf" / "__init__.py").write_text('"""A shelf."""\n')
    (folder / "__init__.py").write_text('"""Things."""\n')
    (folder / "drop_short.py").write_text(CHOICE)
    (folder / "join.py").write_text(FUNCTION)
    (folder / "broken.py").write_text(BROKEN)
    (folder / "_private.py").write_text(BROKEN)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "shelf"]:
        monkeypatch.delitem(sys.modules, name)
    return Menu("shelf.things")


def test_the_files_of_the_folder_are_the_choices(menu: Menu) -> None:
    assert menu.names() == ["broken", "drop_short", "join"]


def test_a_summary_is_read_without_running_the_file(menu: Menu) -> None:
    assert menu.summary("broken") == "A choice that must never be imported by accident."


def test_a_class_is_made_with_its_options(menu: Menu) -> None:
    assert menu.build({"drop_short": {"min_words": 5}}).min_words == 5


def test_a_function_gets_its_options_bound(menu: Menu) -> None:
    assert menu.build({"join": {"separator": "-"}})("a", "b") == "a-b"


def test_a_hyphen_in_a_name_is_an_underscore(menu: Menu) -> None:
    assert menu.build("drop-short").min_words == 3


def test_an_unknown_name_gets_the_nearest_right_one(menu: Menu) -> None:
    with pytest.raises(
        UserError, match=r"no `drop_shrot` among the things\. Did you mean `drop_short`"
    ):
        menu.get("drop_shrot")


def test_an_unknown_option_gets_the_nearest_right_one(menu: Menu) -> None:
    (mistake,) = menu.mistakes({"drop_short": {"min_wrods": 5}}, "clean")
    assert str(mistake) == "clean.drop_short.min_wrods: no such option. Did you mean `min_words`?"


def test_all_wrong_options_are_told_at_once(menu: Menu) -> None:
    mistakes = menu.mistakes({"drop_short": {"min_words": 0, "strict": "perhaps"}}, "clean")
    assert [m.place for m in mistakes] == ["clean.drop_short.min_words", "clean.drop_short.strict"]


@pytest.mark.parametrize("written", [3, [], {}, {"a": {}, "b": {}}, {"drop_short": 5}, "", None])
def test_what_is_no_choice_is_refused(menu: Menu, written: object) -> None:
    (mistake,) = menu.mistakes(written, "clean")
    assert mistake.place == "clean"


def test_defaults_are_written_out(menu: Menu) -> None:
    assert menu.resolve("drop_short") == Choice("drop_short", {"min_words": 3, "strict": False})


def test_the_schema_has_the_keyword_only_arguments(menu: Menu) -> None:
    schema = menu.schema("join")
    assert issubclass(schema, BaseModel)
    assert list(schema.model_fields) == ["separator"]


def test_another_distribution_adds_a_choice_by_entry_point(
    menu: Menu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from luthier.core import registry

    info = tmp_path / "plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[shelf.things]\nglue = plugin_code:glue\n")
    (tmp_path / "plugin_code.py").write_text(
        'def glue(*, drops: int = 1) -> int:\n    """Glue things."""\n    return drops\n'
    )
    registry._entry_points.cache_clear()
    try:
        assert "glue" in menu.names()
        assert menu.summary("glue") == "Glue things."
        assert menu.build({"glue": {"drops": 2}})() == 2
    finally:
        registry._entry_points.cache_clear()
