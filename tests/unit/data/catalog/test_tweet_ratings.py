from pathlib import Path

import pytest

from luthier.data.catalog.tweet_ratings import TweetRatings


def fill(folder: Path, texts: str, ratings: str) -> Path:
    data = folder / "hutto_ICWSM_2014"
    data.mkdir()
    (data / "tweets_GroundTruth.txt").write_bytes(texts.encode())
    (data / "tweets_anonDataRatings.txt").write_bytes(ratings.encode())
    return folder


def test_a_tweet_has_its_mean_rating_and_those_of_every_person(tmp_path: Path) -> None:
    folder = fill(
        tmp_path,
        "1\t2.5\tSo lucky.\r\n2\t-1\tUgh &lt;3 \r\n",
        "1\t2.5\t0.5\t[2, 3]\r\n2\t-1.5\t0.5\t[-1, -2]\r\n",
    )
    assert [row.fields for row in TweetRatings().rows(folder)] == [
        {"text": "So lucky.", "score": 2.5, "ratings": [2, 3]},
        {"text": "Ugh &lt;3 ", "score": -1.0, "ratings": [-1, -2]},
    ]


def test_the_place_is_the_line_of_the_tweet(tmp_path: Path) -> None:
    folder = fill(tmp_path, "1\t0\ta\r\n", "1\t0\t1\t[0]\r\n")
    (found,) = TweetRatings().rows(folder)
    assert found.place == "hutto_ICWSM_2014/tweets_GroundTruth.txt:1"


def test_files_of_different_length_are_no_data_set(tmp_path: Path) -> None:
    folder = fill(tmp_path, "1\t0\ta\r\n", "1\t0\t1\t[0]\r\n2\t0\t1\t[0]\r\n")
    with pytest.raises(ValueError):
        list(TweetRatings().rows(folder))
