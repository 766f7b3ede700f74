import pytest

from luthier.core.errors import UserError
from luthier.data.parsing.faults import MAX_KINDS, Faults, shown


def test_one_kind_of_mistake_is_told_with_its_places_and_the_rest_counted() -> None:
    faults = Faults("fill them in")
    for line in range(1, 13):
        faults.add("label is empty", f"a.csv:{line}")
    assert faults.sentence().startswith("label is empty in a.csv:1, a.csv:2, ")
    assert faults.sentence().endswith("a.csv:10 and 2 more: fill them in.")


def test_several_kinds_are_told_together() -> None:
    faults = Faults("mend them")
    faults.add("no `text`", "a:1")
    faults.add("no `label`", "a:2")
    with pytest.raises(UserError, match=r"^no `text` in a:1; no `label` in a:2: mend them\.$"):
        faults.tell_if_any()


def test_nothing_wrong_is_nothing_told() -> None:
    faults = Faults("mend them")
    faults.tell_if_any()
    assert not faults


def test_too_many_kinds_end_the_reading() -> None:
    faults = Faults("mend them")
    for number in range(MAX_KINDS):
        faults.add(f"kind {number}", f"a:{number}")
    with pytest.raises(UserError, match="kind 0 in a:0"):
        faults.add("one more kind", "a:99")


def test_what_cannot_be_printed_is_shown_as_question_marks() -> None:
    assert shown("a\udcff文\x1b") == "a?文?"
