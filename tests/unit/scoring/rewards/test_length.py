import pytest

from luthier.core.errors import UserError
from luthier.scoring.rewards.length import Length


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("", 0),
        ("one", 0.5),
        ("one, two!", 1),
        ("a b c d", 1),
        ("a b c d e f g h", 0.5),
        ("你好", 1),
    ],
)
def test_outside_of_the_bounds_it_falls_off_in_proportion(answer: str, score: float) -> None:
    assert Length(minimum=2, maximum=4).score("", answer, []) == score


def test_bounds_that_leave_no_length_are_refused() -> None:
    with pytest.raises(UserError, match="minimum 5 is more than maximum 4"):
        Length(minimum=5, maximum=4)
