from unittest.mock import patch

from benchmarks.speed.follow import Follower


def test_the_clock_stands_still_while_the_metric_is_asked_for() -> None:
    follower = Follower()
    # Begun at 10, asked from 12 to 15 and from 20 to 21: trained for 2 and for 5 more.
    with patch("time.perf_counter", side_effect=[12.0, 15.0, 20.0, 21.0]):
        follower.take(lambda: 0.5)
        follower.take(lambda: 0.75)
    assert follower.paused == 4.0
    assert follower.curve(train_seconds=7.0) == [(2.0, 0.5), (7.0, 0.75)]


def test_a_training_that_was_never_asked_has_no_curve() -> None:
    assert Follower().curve(3.0) == []
