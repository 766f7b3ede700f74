from pathlib import Path
from typing import Any, get_args

import pytest

from luthier.core.errors import UserError
from luthier.data.catalog.small_talk import FOLDERS, Language, SmallTalk
from luthier.data.fetch import CATALOG

ENGLISH = """
categories: [talk]
conversations:
- - Are you there?
  - Yes
- - One
  - 2
  - Three
- - Alone
- Also - alone
- - What is code?
  - |
    Lines.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "chatterbot_corpus" / "data"
    for name, text in {
        "english/talk.yml": ENGLISH,
        "english/ai.yml": "conversations: [[a, b]]",
        "chinese/ai.yml": "conversations: [[你好, 你好！]]",
    }.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(text, "utf-8")
    return tmp_path


def spoken(folder: Path, **options: Any) -> list[list[str]]:
    rows = SmallTalk(**options).rows(folder)
    return [[message["content"] for message in row.fields["messages"]] for row in rows]


def test_user_and_assistant_take_turns(folder: Path) -> None:
    first = next(iter(SmallTalk().rows(folder)))
    assert first.fields["messages"] == [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
    ]


def test_english_comes_by_topic_without_what_nobody_answers(folder: Path) -> None:
    assert spoken(folder) == [
        ["a", "b"],
        ["Are you there?", "Yes"],
        ["One", "2"],
        ["What is code?", "Lines."],
    ]


def test_a_dialogue_has_its_topic_and_place(folder: Path) -> None:
    last = list(SmallTalk().rows(folder))[-1]
    assert (last.fields["topic"], last.place) == ("talk", "english/talk.yml, dialogue 5")


def test_another_language_may_be_asked_for(folder: Path) -> None:
    assert spoken(folder, language="zh") == [["你好", "你好！"]]


def test_a_recipe_may_ask_for_any_language_that_there_is() -> None:
    assert get_args(Language) == tuple(FOLDERS)


def test_a_language_that_there_is_not_is_refused() -> None:
    with pytest.raises(UserError, match=r"small-talk\.language"):
        CATALOG.build({"small-talk": {"language": "eo"}})
