from luthier.data.formats.pairs import Pairs


def test_a_query_and_its_passage_are_a_pair() -> None:
    row = {"query": "a", "positive": "b"}
    found = Pairs().recognise([row])
    assert found is not None
    assert Pairs().read(row, found.columns) == {"anchor": "a", "positive": "b"}
