"""Cleaners against any text at all: they do not fail, and cleaning twice is cleaning once."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core.records import Row
from luthier.data.cleaner import Cleaner, Tally
from luthier.data.cleaners.drop_boilerplate import DropBoilerplate
from luthier.data.cleaners.fix_punctuation import FixPunctuation
from luthier.data.cleaners.keep_language import KeepLanguage
from luthier.data.cleaners.keep_length import KeepLength
from luthier.data.cleaners.keep_quality import KeepQuality
from luthier.data.cleaners.normalize import Normalize

PIECES = st.sampled_from(
    [
        *(
            "a",
            "B",
            "café",
            "e\u0301",
            "中",
            "文",
            "好的",
            "臺灣",
            "カ",
            "ｶﾞ",
            "한",
            "Ａ１",
            "क्",
            "\u200d",
        ),
        *(
            "\u200c",
            "\u200b",
            "\ufeff",
            "\u00ad",
            "\ud800",
            "\udce9",
            "\0",
            "\x1c",
            "\x85",
            "\u2028",
        ),
        *(
            " ",
            "  ",
            "\t",
            "\n",
            "\n\n\n",
            "\r\n",
            "\u3000",
            "\u00a0",
            "`",
            "```",
            "\ue000",
            "👩",
            "🏴",
        ),
        *(
            ",",
            "，",
            ".",
            "。",
            "...",
            "……",
            "!",
            "！",
            "??",
            "？",
            ":",
            "：",
            ";",
            "；",
            "(",
            ")",
            "（",
            "）",
        ),
        *(
            '"',
            "“",
            "”",
            "'",
            "、",
            "《",
            "》",
            "«",
            "-- ",
            "--",
            "1",
            "3.5",
            "1,000",
            "https://a.example/b,c",
        ),
        *(
            "a@b.example",
            "\U000e0061",
            "We use cookies.",
            "Sent from my iPhone",
            "©2020",
            "confidential",
        ),
        *("intended recipient", "|", "Home", "About", "Contact", "This is a line of many rows."),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40)
CLEANERS: list[Cleaner] = [
    Normalize(),
    Normalize(form="NFKC", white_space="trim", simplified=True),
    Normalize(form="keep", width="keep", white_space="keep"),
    FixPunctuation(),
    FixPunctuation(max_repeats=1),
    KeepLanguage(languages=("en", "zh"), unknown="drop"),
    KeepLength(min=3, max=20, unit="words"),
    KeepQuality(),
    DropBoilerplate(),
    DropBoilerplate(min_rows=2, min_share=0, c4=True),
]


def cleaned(cleaner: Cleaner, rows: list[Row]) -> list[Row]:
    with TemporaryDirectory() as scratch:
        return list(cleaner.clean(rows, Tally("x"), Path(scratch)))


@pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda cleaner: type(cleaner).__name__)
@settings(max_examples=200, deadline=None)
@given(texts=st.lists(TEXTS, max_size=4))
def test_cleaning_twice_is_cleaning_once(cleaner: Cleaner, texts: list[str]) -> None:
    rows = [Row({"text": text, "number": number}) for number, text in enumerate(texts)]
    once = cleaned(cleaner, rows)
    assert cleaned(cleaner, once) == once


@pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda cleaner: type(cleaner).__name__)
@pytest.mark.parametrize(
    "piece", ["a", "中", " ", "(", "中(", '"', "\n", "``", "a@", "--\n", "，", "1.", "|"]
)
def test_a_text_of_two_hundred_thousand_characters_is_no_trouble(
    cleaner: Cleaner, piece: str
) -> None:
    cleaned(cleaner, [Row({"text": piece * (200_000 // len(piece))})])
