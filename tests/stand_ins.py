"""Small made-up files under the names that shipped recipes give to a user's own."""

import csv
import json
import random
from collections.abc import Callable
from itertools import count
from pathlib import Path

from tests.mails import HAM, PLAIN, SPAM
from tests.tiny import save_tiny

INTENTS = {"card_arrival": HAM, "lost_or_stolen_card": SPAM, "exchange_rate": PLAIN}
EMOTIONS = {"joy": HAM, "anger": SPAM, "neutral": PLAIN}
TEXTS = 160
CONTEXTS = 50
PROBLEMS = 120
PAIRS = 240
_CHARACTERS = {"a": "好书看", "b": "很差不", "c": "喜欢常"}


def write_stand_ins(folder: Path) -> Path:
    """Write all of them into a folder, each in the layout of the real one."""
    write_intents(folder / "banking77_train.csv", seed=0)
    write_intents(folder / "banking77_test.csv", seed=1)
    write_emotions(folder / "goemotions.tsv")
    (folder / "goemotions_labels.txt").write_text("\n".join(EMOTIONS), "utf-8")
    write_questions(folder / "xquad.en.json", _english)
    write_questions(folder / "cmrc2018_trial.json", _chinese)
    write_problems(folder / "mbpp.jsonl")
    write_pairs(folder / "tatoeba_en_zh.tsv")
    save_tiny(folder / "models" / "translator", "bart")
    return folder


def write_intents(path: Path, *, seed: int) -> None:
    """A csv of `text,category`."""
    draw = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "category"])
        for _ in range(TEXTS):
            category = draw.choice(list(INTENTS))
            writer.writerow([_words(draw, INTENTS[category], 12), category])


def write_emotions(path: Path) -> None:
    """A tsv without a header: the text, the numbers of its labels, its id."""
    draw = random.Random(0)
    words = list(EMOTIONS.values())
    lines = []
    for number in range(TEXTS):
        labels = sorted(draw.sample(range(len(words)), draw.choice([1, 1, 2])))
        text = " ".join(_words(draw, words[label], 6) for label in labels)
        lines.append(f"{text}\t{','.join(map(str, labels))}\te{number:06}\n")
    path.write_text("".join(lines), "utf-8")


def write_questions(path: Path, sentence: Callable[[random.Random], tuple[str, str, str]]) -> None:
    """Articles as SQuAD nests them, each with one text and the questions about it.

    Args:
        path: of the file.
        sentence: draws a sentence, a question about it and the answer, which stands in it.
    """
    draw = random.Random(0)
    numbers = count()
    articles = []
    for _ in range(CONTEXTS):
        drawn = [sentence(draw) for _ in range(3)]
        context = "".join(told for told, _, _ in drawn)
        questions = [
            {
                "id": f"q{next(numbers)}",
                "question": question,
                "answers": [{"text": answer, "answer_start": context.index(answer)}],
            }
            for _, question, answer in drawn
        ]
        articles.append({"title": "", "paragraphs": [{"context": context, "qas": questions}]})
    path.write_text(json.dumps({"version": "1.1", "data": articles}), "utf-8")


def write_problems(path: Path) -> None:
    """A jsonl of problems as MBPP writes them, lines of the programs ending as on Windows."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(PROBLEMS):
            problem = {
                "text": f"Write a function to add {number} to a number.",
                "code": f"def add_{number}(n):\r\n    return n + {number}",
                "task_id": number,
                "test_setup_code": "",
                "test_list": [f"assert add_{number}({n}) == {n + number}" for n in range(3)],
                "challenge_test_list": [],
            }
            file.write(json.dumps(problem) + "\n")


def write_pairs(path: Path) -> None:
    """A tsv without a header: English, Chinese; word by word the same."""
    draw = random.Random(0)
    chinese = {word: _CHARACTERS[kind] for word, kind in zip(HAM, "abcabcabc", strict=True)}
    lines = []
    for _ in range(PAIRS):
        words = draw.choices(HAM, k=6)
        lines.append(f"{' '.join(words)}.\t{''.join(chinese[word] for word in words)}。\n")
    path.write_text("".join(lines), "utf-8")


def _words(draw: random.Random, words: list[str], size: int) -> str:
    return " ".join(draw.choice(words if draw.random() < 0.7 else PLAIN) for _ in range(size))


def _english(draw: random.Random) -> tuple[str, str, str]:
    who, what = draw.choice(HAM), " ".join(draw.choices(SPAM, k=3))
    return f"The {who} is on {what} and of it. ", f"On what is the {who}?", what


def _chinese(draw: random.Random) -> tuple[str, str, str]:
    who, what = draw.choice("书看"), "".join(draw.choices("好差不喜欢非常", k=4))
    return f"{who}很{what}。", f"{who}很什么？", what
