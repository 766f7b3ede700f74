from luthier.data.formats.triplets import Triplets


def test_three_texts_are_a_triplet() -> None:
    row = {"anchor": "a", "positive": "b", "negative": "c"}
    found = Triplets().recognise([row])
    assert found is not None
    assert Triplets().read(row, found.columns) == row


def test_lists_of_negatives_are_no_triplet() -> None:
    assert Triplets().recognise([{"query": "a", "pos": ["b"], "neg": ["c"]}]) is None
