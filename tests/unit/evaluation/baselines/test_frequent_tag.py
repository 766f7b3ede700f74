import pytest

from luthier.core.records import Row
from luthier.evaluation.baselines.frequent_tag import FrequentTag, repaired
from tests.questions import question


def answers(train, asked, tiny_bert):
    rows = [Row({"tokens": [t for t, _ in row], "tags": [tag for _, tag in row]}) for row in train]
    test = [Row({"tokens": asked, "tags": ["O"] * len(asked)})]
    about = question("token_classification", rows, tiny_bert, asked=test)
    return FrequentTag().answers(about).predictions[0]


TRAIN = [
    [("Ada", "B-P"), ("saw", "O"), ("Apple", "B-C"), ("Inc", "I-C")],
    [("an", "O"), ("apple", "O"), ("Apple", "B-C"), ("apple", "O"), ("APPLE", "B-C")],
]


def test_a_token_gets_the_tag_that_it_mostly_has(tiny_bert):
    assert answers(TRAIN, ["Apple", "Inc", "saw", "Ada"], tiny_bert) == ["B-C", "I-C", "O", "B-P"]


def test_a_token_is_known_as_it_is_written_first(tiny_bert):
    assert answers(TRAIN, ["apple", "Apple"], tiny_bert) == ["O", "B-C"]


def test_an_unknown_spelling_is_known_by_its_lower_case(tiny_bert):
    assert answers(TRAIN, ["aDa", "aPPle"], tiny_bert) == ["B-P", "B-C"]


def test_a_token_that_was_never_seen_is_outside(tiny_bert):
    assert answers(TRAIN, ["Berlin"], tiny_bert) == ["O"]


def test_where_no_tag_is_outside_an_unseen_token_gets_the_commonest(tiny_bert):
    train = [[("dogs", "NOUN"), ("cats", "NOUN"), ("run", "VERB")]]
    assert answers(train, ["mice"], tiny_bert) == ["NOUN"]


def test_chinese_is_tagged_by_character(tiny_bert):
    train = [[("北", "B-L"), ("京", "I-L"), ("很", "O"), ("大", "O")]]
    assert answers(train, list("大北京"), tiny_bert) == ["O", "B-L", "I-L"]


@pytest.mark.parametrize(
    ("tags", "sound"),
    [
        ("I-P O", "B-P O"),
        ("B-P I-P I-P", "B-P I-P I-P"),
        ("B-P I-L I-L", "B-P B-L I-L"),
        ("O I-P I-P", "O B-P I-P"),
        ("NOUN VERB", "NOUN VERB"),
    ],
)
def test_an_inside_that_continues_nothing_begins_something(tags, sound):
    assert repaired(tags.split()) == sound.split()
