import pytest

from luthier.evaluation.marked import Piece, marked


def line(tokens, reference, prediction, **more):
    sides = {"reference": reference.split(), "prediction": prediction.split()}
    return {"id": "0", "input": {"tokens": tokens.split()}, **sides, **more}


def test_entities_are_marked_on_both_sides():
    found = marked(line("I saw New York", "O O B-L I-L", "O B-P B-L I-L"), spans=True)
    assert found.reference == [Piece("I saw "), Piece("New York", "L", True)]
    assert found.answer == [
        Piece("I "),
        Piece("saw", "P", False),
        Piece(" "),
        Piece("New York", "L", True),
    ]


@pytest.mark.parametrize("prediction", ["O O", "B-P O", "B-L I-L"])
def test_an_entity_with_other_bounds_or_type_is_missed(prediction):
    found = marked(line("Rome Rome", "B-L O", prediction), spans=True)
    assert found.reference[0] == Piece("Rome", "L", False)


def test_characters_of_chinese_stand_side_by_side():
    found = marked(
        line("王 明 在 GPT 和 New York ， 家", "B-P I-P O O O O O O O", "O O O O O O O O O"),
        spans=True,
    )
    assert found.reference == [Piece("王明", "P", False), Piece("在GPT和New York，家")]


def test_tags_that_mark_no_entities_are_marked_where_they_differ():
    found = marked(line("time flies fast", "NOUN VERB ADV", "NOUN NOUN ADV"), spans=False)
    assert found.reference == [Piece("time "), Piece("flies", "VERB", False), Piece(" fast")]
    assert found.answer[1] == Piece("flies", "NOUN", False)


def test_the_words_of_a_text_stand_beside_its_tags():
    given = {"id": "0", "input": {"text": "Hi Ada"}, "tokens": ["Hi", "Ada"]}
    found = marked(given | {"reference": ["O", "B-P"], "prediction": ["O", "B-P"]}, spans=True)
    assert found.reference == found.answer == [Piece("Hi "), Piece("Ada", "P", True)]


def test_no_text_is_lost():
    given = line("a b c d e", "B-X O B-Y B-Y O", "O O O O B-Z")
    found = marked(given, spans=True)
    assert "".join(piece.text for piece in found.reference) == "a b c d e"
    assert "".join(piece.text for piece in found.answer) == "a b c d e"
