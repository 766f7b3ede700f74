"""Drops other languages."""

from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.keep_language import KeepLanguage

ENGLISH = "The meeting is on Tuesday, and we will talk about the report."
CHINESE = "会议在星期二举行，我们将讨论这份报告。"
GERMAN = "Die Sitzung ist am Dienstag, und wir werden über den Bericht sprechen."
FRENCH = "La réunion aura lieu mardi et nous parlerons du rapport."


def told(row: dict[str, Any], *languages: str, **options: Any) -> Tally:
    tally = Tally("keep_language")
    cleaner = KeepLanguage(languages=languages, **options)
    list(cleaner.clean([Row(row)], tally, None))  # type: ignore[arg-type]
    return tally


@pytest.mark.parametrize(
    "text, language",
    [(ENGLISH, "en"), (ENGLISH.upper(), "en"), (CHINESE, "zh"), (GERMAN, "de"), (FRENCH, "fr")],
)
def test_a_language_is_recognised_and_counted(text: str, language: str) -> None:
    tally = told({"text": text}, language)
    assert (tally.rows_out, tally.notes) == (1, {language: 1})


def test_another_language_is_dropped() -> None:
    assert told({"text": GERMAN}, "en", "zh").dropped == {"another language": 1}


@pytest.mark.parametrize("text", ["", "12345", ":-)", "\0"])
def test_what_is_no_language_is_unknown_and_stays_or_goes_as_asked(text: str) -> None:
    assert told({"text": text}, "de").notes == {"unknown": 1}
    assert told({"text": text}, "de").rows_out == 1
    assert told({"text": text}, "de", unknown="drop").dropped == {"unknown language": 1}


def test_the_bound_of_certainty_can_be_raised() -> None:
    assert told({"text": GERMAN}, "de", min_score=1.0).notes == {"unknown": 1}


def test_a_field_can_be_asked_for() -> None:
    pair = {"prompt": ENGLISH, "completion": CHINESE}
    assert told(pair, "zh", fields=("completion",)).notes == {"zh": 1}


def test_han_without_kana_is_no_japanese() -> None:
    assert told({"text": "大空間建築構造設計研究"}, "zh").notes == {"zh": 1}


def test_undecoded_bytes_do_no_harm() -> None:
    assert told({"text": f"{ENGLISH} \udce9\ud800"}, "en").rows_out == 1


def test_an_unknown_code_is_refused_with_the_nearest_right_one() -> None:
    with pytest.raises(UserError, match="no language has the code `eng`"):
        KeepLanguage(languages=("eng",))
