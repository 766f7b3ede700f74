"""What stands in the place of a value."""

import pytest

from luthier.core.errors import UserError
from luthier.data.personal.finder import KINDS, Finder, Found
from luthier.data.personal.placeholders import Pseudonyms, tag

ADDRESS = Found(0, 7, "email", "a@b.com")


def test_a_tag_names_the_kind() -> None:
    assert tag(ADDRESS) == "[EMAIL]"


def test_a_pseudonym_is_the_same_in_every_run_and_on_every_machine() -> None:
    assert Pseudonyms(None)(ADDRESS) == "[EMAIL_rmlnfrnt]"


def test_another_value_has_another_name() -> None:
    assert Pseudonyms(None)(ADDRESS) != Pseudonyms(None)(ADDRESS._replace(value="c@b.com"))


def test_a_secret_key_makes_other_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASK", "secret")
    assert Pseudonyms("MASK")(ADDRESS) != Pseudonyms(None)(ADDRESS)


def test_a_key_that_is_not_set_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MASK", raising=False)
    with pytest.raises(UserError, match="environment variable MASK is not set"):
        Pseudonyms("MASK")


@pytest.mark.parametrize("kind", KINDS)
def test_no_placeholder_is_personal_data_itself(kind: str) -> None:
    found = ADDRESS._replace(kind=kind)  # type: ignore[arg-type]
    text = f"call {Pseudonyms(None)(found)}{tag(found)}"
    assert Finder(KINDS, ("CN", "US")).find(text) == []
