import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.evaluation.sentences import clauses, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("Pi is 3.14 or so. Yes", ["Pi is 3.14 or so.", "Yes"]),
        (
            "See Fig. 2, e.g. the curve by Dr. A. Smith et al. in blue. Done.",
            [
                "See Fig. 2, e.g. the curve by Dr. A. Smith et al. in blue.",
                "Done.",
            ],
        ),
        ("Wait... what?! No.", ["Wait...", "what?!", "No."]),
        ("title\nfirst line\n\nsecond", ["title", "first line", "second"]),
        ("今天下雨。“你来吗？”她问。", ["今天下雨。", "“你来吗？”", "她问。"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_where_sentences_end(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In 1066, William came; Harold fell.", ["In 1066,", "William came;", "Harold fell."]),
        ("It costs 1,000 at 10:30.", ["It costs 1,000 at 10:30."]),
        ("他来自北京，姓王、名明。", ["他来自北京，", "姓王、", "名明。"]),
    ],
)
def test_where_clauses_end(text, expected):
    assert clauses(text) == expected


@given(st.text())
def test_no_character_but_space_is_lost(text):
    for cut in (sentences, clauses):
        assert "".join("".join(cut(text)).split()) == "".join(text.split())
