import pytest

from luthier.core.config import MENUS, TrainingSection
from luthier.training.optimizer import schedule_mistakes

PLAIN = sorted(set(MENUS["optimizer"].names()) - {"schedule_free"})


@pytest.mark.parametrize("schedule", sorted(set(MENUS["schedule"].names()) - {"constant"}))
def test_schedule_free_takes_no_schedule_on_top(schedule: str) -> None:
    training = TrainingSection(optimizer={"schedule_free": None}, schedule=schedule)
    (mistake,) = schedule_mistakes(training)
    assert mistake.place == "training.schedule"
    assert mistake.sentence == (
        f"schedule_free takes the place of {schedule}. Write `schedule: constant`."
    )


def test_schedule_free_goes_with_a_constant_rate() -> None:
    training = TrainingSection(optimizer="schedule_free", schedule="constant")
    assert schedule_mistakes(training) == []


@pytest.mark.parametrize("optimizer", PLAIN)
def test_all_others_go_with_any(optimizer: str) -> None:
    for schedule in MENUS["schedule"].names():
        training = TrainingSection(optimizer=optimizer, schedule=schedule)
        assert schedule_mistakes(training) == []
