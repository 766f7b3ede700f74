import pytest

from luthier.evaluation.baselines.sliding_window import most_alike

CONTEXT = (
    "The Normans came from Denmark, Iceland and Norway. In the year 1066, William the Conqueror "
    "crossed the sea; Harold waited in the north."
)


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("When did William come?", "William the Conqueror crossed the sea;"),
        ("Which countries besides ICELAND?", "Iceland and Norway."),
        ("What happened in 1066?", "In the year 1066,"),
    ],
)
def test_the_clause_that_shares_most_words_is_the_answer(question, clause):
    assert most_alike(CONTEXT, question) == clause


def test_rare_words_count_more_than_common_ones():
    context = "the the the cat. the dog."
    assert most_alike(context, "the dog?") == "the dog."


def test_of_equal_clauses_the_first_is_taken():
    assert most_alike("one cat. two cat.", "cat?") == "one cat."


@pytest.mark.parametrize("question", ["", "!?", "zebra"])
def test_where_nothing_is_shared_there_is_no_answer(question):
    assert most_alike(CONTEXT, question) == ""


def test_in_chinese_characters_are_compared():
    context = "鲁迅出生于浙江绍兴，原名周樟寿。他的代表作是《狂人日记》。"
    assert most_alike(context, "他的原名叫什么？") == "原名周樟寿。"


def test_a_context_without_words_has_no_answer():
    assert most_alike("", "why?") == ""
