import re
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.scoring.squad import Cmrc2018, Squad, rules

# What the official scripts say, run once over these answers: evaluate-v2.0.py of SQuAD, and
# cmrc2018_evaluate.py with nltk's words.
SQUAD = [
    (["the Norman Conquest"], "Norman conquest.", 1, 1.0),
    (["in 1066"], "1066", 0, 2 / 3),
    (["France", "Northern France"], "northern France", 1, 1.0),
    (["a cat and a dog"], "cat and dog", 1, 1.0),
    (["Beyoncé Giselle Knowles-Carter"], "Knowles Carter", 0, 0.0),
    (["Beyoncé Giselle Knowles-Carter"], "Giselle knowlescarter", 0, 0.8),
    (["ten ten nine"], "ten", 0, 0.5),
    (["3,000"], "3000", 1, 1.0),
    ([], "", 1, 1.0),
    ([], "the.", 1, 1.0),
    ([], "something", 0, 0.0),
    (["something"], "", 0, 0.0),
    (["the", "cat"], "", 0, 0.0),
]
CMRC = [
    (["北京大学"], "北京大学。", 1, 1.0),
    (["北京大学"], "北京", 0, 2 / 3),
    (["在北京的大学"], "北京大学", 0, 0.4),
    (["《三国演义》"], "三国演义", 1, 1.0),
    (["光荣和ω-force", "光荣"], "光荣", 1, 1.0),
    (["光荣和ω-force"], "ω-force", 0, 0.4),
    (["2008年8月8日"], "2008年", 0, 0.5),
    (["使用 GPU 训练"], "gpu", 0, 1 / 3),
    (["1,000元"], "1,000 元", 0, 1.0),
    (["共十二集"], "没有", 0, 0.0),
]


@pytest.mark.parametrize(("references", "prediction", "exact", "f1"), SQUAD)
def test_squads_script_is_followed(references, prediction, exact, f1):
    assert Squad().is_exact(references, prediction) == bool(exact)
    assert Squad().f1(references, prediction) == pytest.approx(f1)


@pytest.mark.parametrize(("references", "prediction", "exact", "f1"), CMRC)
def test_cmrcs_script_is_followed(references, prediction, exact, f1):
    assert Cmrc2018().is_exact(references, prediction) == bool(exact)
    assert Cmrc2018().f1(references, prediction) == pytest.approx(f1)


def normalized_as_published(text):
    """The steps of the SQuAD paper's appendix, one after the other."""
    text = "".join(letter for letter in text.lower() if letter not in string.punctuation)
    return " ".join(word for word in re.sub(r"\b(a|an|the)\b", " ", text).split())


@given(st.text(st.sampled_from("aAnthe .,'-É\t"), max_size=20))
def test_squads_normalisation_is_the_published_one(text):
    assert Squad().normalized(text) == normalized_as_published(text)


@given(st.text("ab an.", max_size=20), st.text("ab an.", max_size=20))
def test_squads_f1_is_that_of_bags_of_words(reference, prediction):
    there, found = (
        Counter(normalized_as_published(text).split()) for text in (reference, prediction)
    )
    shared = sum(min(there[word], found[word]) for word in there)
    total = sum(there.values()) + sum(found.values())
    expected = 2 * shared / total if total else 1.0
    assert Squad().f1([reference], prediction) == pytest.approx(expected)


@given(st.text("猫狗a ", max_size=12), st.text("猫狗a ", max_size=12))
def test_cmrcs_f1_is_that_of_the_longest_common_run(reference, prediction):
    there, found = (Cmrc2018().segments(text) for text in (reference, prediction))
    runs = {tuple(there[i:j]) for i in range(len(there)) for j in range(i + 1, len(there) + 1)}
    same = [
        found[i:j]
        for i in range(len(found))
        for j in range(i + 1, len(found) + 1)
        if tuple(found[i:j]) in runs
    ]
    total = len(there) + len(found)
    expected = 2 * max(map(len, same), default=0) / total if total else 1.0
    assert Cmrc2018().f1([reference], prediction) == pytest.approx(expected)


@pytest.mark.parametrize("kind", [Squad(), Cmrc2018()])
def test_no_answer_is_answered_by_saying_nothing(kind):
    assert kind.is_exact([], "")
    assert (kind.f1([], ""), kind.f1([], "x"), kind.f1(["x"], "")) == (1, 0, 0)


def test_english_words_stay_whole_among_chinese_characters():
    assert Cmrc2018().segments("用 gpu 训练3.5小时(约)%") == [
        *("用", "gpu", "训", "练", "3.5", "小", "时", "(", "约", ")", "%")
    ]


@pytest.mark.parametrize(
    ("name", "references", "kind"),
    [
        ("auto", ["北京"], Cmrc2018),
        ("auto", ["Beijing"], Squad),
        ("auto", [], Squad),
        ("squad", ["北京"], Squad),
        ("cmrc2018", ["Beijing"], Cmrc2018),
    ],
)
def test_the_rules_follow_the_references_unless_named(name, references, kind):
    assert isinstance(rules(name, references), kind)
