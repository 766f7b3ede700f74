import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import luthier

FOLDER = Path(luthier.__file__).parent
OPTIONS = {"**/templates/**": {"encoding": "utf-8", "trimmed": "true", "silent": "false"}}
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")


@pytest.fixture(scope="module")
def wanted():
    """Every message of the templates: its singular, and its plural if it has one."""
    found = extract_from_dir(FOLDER, [("**/templates/**", "jinja2")], OPTIONS)
    return {message for _, _, message, _, _ in found}


@pytest.fixture(scope="module")
def chinese():
    with (FOLDER / "core" / "translations" / "zh.po").open("rb") as file:
        return read_po(file, locale="zh", abort_invalid=True)


def test_every_message_is_translated_and_no_translation_is_left_over(wanted, chinese):
    assert len(wanted) > 150
    assert {message.id for message in chinese if message.id} == wanted


def test_no_translation_is_empty_uncertain_or_obsolete(chinese):
    assert [m.id for m in chinese if m.id and (m.fuzzy or not all(strings(m)))] == []
    assert chinese.obsolete == {}


def test_translations_fill_in_the_same_values(chinese):
    for message in chinese:
        asked = message.id[-1] if isinstance(message.id, tuple) else message.id
        for string in strings(message):
            assert sorted(set(PLACEHOLDER.findall(string))) == sorted(
                set(PLACEHOLDER.findall(asked))
            ), message.id


def test_translations_use_the_punctuation_of_chinese(chinese):
    halved = re.compile(r"[\u4e00-\u9fff][,:;!?()]|[,;!?()][\u4e00-\u9fff]")
    assert [m.id for m in chinese for string in strings(m) if halved.search(string)] == []


def strings(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)
