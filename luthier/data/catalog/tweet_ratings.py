"""4,200 English tweets, each rated by 20 to 99 people from -4 (very negative) to 4."""

import json
from collections.abc import Iterator
from pathlib import Path

from luthier.core.catalog import Package
from luthier.data.corpus import Corpus
from luthier.data.source import Found

_ARCHIVE = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
_TEXTS = "hutto_ICWSM_2014/tweets_GroundTruth.txt"
_RATINGS = "hutto_ICWSM_2014/tweets_anonDataRatings.txt"


class TweetRatings(Corpus):
    """The tweets that VADER was judged by (Hutto and Gilbert 2014): `text`, `score`, `ratings`.

    The score is the mean that the data set gives as the truth, the ratings are those of every
    person. Of 196 tweets the ratings have another mean than the score. 4,000 are like tweets
    from the wild, 200 were made up; both hold HTML entities such as `&lt;3`.
    """

    package = Package(
        registry="pypi",
        name="vadersentiment",
        version="3.3.2",
        sha256="5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
        megabytes=3,
        members=(_TEXTS, _RATINGS),
        sdist=True,
        inner=_ARCHIVE,
    )
    licence = "MIT"
    languages = ("en",)
    count = 4200

    def rows(self, folder: Path) -> Iterator[Found]:
        """One row per tweet, in the order of the file."""
        with (
            (folder / _TEXTS).open(encoding="utf-8") as texts,
            (folder / _RATINGS).open(encoding="utf-8") as ratings,
        ):
            for number, (told, rated) in enumerate(zip(texts, ratings, strict=True), start=1):
                _, score, text = told.rstrip("\n").split("\t")
                *_, every = rated.split("\t")
                fields = {"text": text, "score": float(score), "ratings": json.loads(every)}
                yield Found(fields, f"{_TEXTS}:{number}")
