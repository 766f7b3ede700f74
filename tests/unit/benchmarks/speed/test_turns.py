from benchmarks.speed.turns import turns


def test_contenders_take_turns_and_each_begins_in_its_turn() -> None:
    assert list(turns("AB", [7, 8])) == [(7, "A"), (7, "B"), (8, "B"), (8, "A")]
